/**
 * The script inside the report: draws the charts found in the page's JSON with the inlined chart.js, follows light
 * and dark, and prints as shown. Plain ES2020, because it runs in the reader's browser as it stands here.
 */

/** Okabe and Ito's palette, told apart with every common colour blindness; black becomes the text colour. */
const palette = ['#0072b2', '#d55e00', '#009e73', '#cc79a7', '#e69f00', '#56b4e9', '#b8a900'];

export const pageScript = `
(() => {
  'use strict';
  const palette = ${JSON.stringify(palette)};
  const shapes = ['circle', 'rect', 'triangle', 'rectRot', 'star', 'cross', 'crossRot'];
  const dashes = [[], [6, 3], [2, 2], [8, 3, 2, 3]];
  const charts = JSON.parse(document.getElementById('charts').textContent);
  const style = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
  const drawn = [];

  const whiskers = {
    id: 'whiskers',
    afterDatasetsDraw(chart) {
      const context = chart.ctx;
      chart.data.datasets.forEach((dataset, index) => {
        if (!chart.isDatasetVisible(index)) return;
        context.save();
        context.strokeStyle = dataset.borderColor;
        context.lineWidth = 1.5;
        dataset.data.forEach((point, at) => {
          if (point.low === null || point.high === null) return;
          const x = chart.getDatasetMeta(index).data[at].x;
          const low = chart.scales.y.getPixelForValue(point.low);
          const high = chart.scales.y.getPixelForValue(point.high);
          context.beginPath();
          for (const y of [low, high]) { context.moveTo(x - 4, y); context.lineTo(x + 4, y); }
          context.moveTo(x, low);
          context.lineTo(x, high);
          context.stroke();
        });
        context.restore();
      });
    },
  };

  // Side by side, so that the whiskers of one series do not hide those of another.
  const aside = (chart, index) => (chart.lines ? (index - (chart.series.length - 1) / 2) * Math.min(0.04, 0.4 / chart.series.length) : 0);

  const dataset = (chart) => (series, index) => {
    const color = palette[index % palette.length];
    return {
      label: series.name,
      data: series.points.map((point) => ({ ...point, x: point.x + aside(chart, index) })),
      borderColor: color,
      backgroundColor: color,
      pointStyle: shapes[index % shapes.length],
      borderDash: dashes[Math.floor(index / palette.length) % dashes.length],
      pointRadius: 5,
      borderWidth: 2,
      showLine: chart.lines,
      clip: false,
    };
  };

  const amount = (value) => String(Number(value.toPrecision(4))).replace(/\\B(?=(\\d{3})+$)/g, '\\u202f');

  const axis = (title, extra) => ({
    title: { display: true, text: title, color: style('--text') },
    ticks: { color: style('--quiet'), callback: amount },
    grid: { color: style('--line') },
    ...extra,
  });

  const top = (chart) => Math.max(...chart.series.flatMap((s) => s.points.map((p) => p.high ?? p.y)));
  const bottom = (chart) => Math.min(...chart.series.flatMap((s) => s.points.map((p) => p.low ?? p.y)));
  const atLabel = (chart) => (value) => chart.xLabels[value] ?? '';

  const config = (chart) => ({
    type: 'scatter',
    data: { datasets: chart.series.map(dataset(chart)) },
    options: {
      responsive: true,
      maintainAspectRatio: false,
      animation: false,
      scales: {
        x: axis(chart.xTitle, {
          min: -0.3,
          max: chart.xLabels.length - 0.7,
          afterBuildTicks: (scale) => {
            const step = Math.ceil(chart.xLabels.length / 24);
            scale.ticks = chart.xLabels.map((_, value) => ({ value })).filter(({ value }) => value % step === 0);
          },
          ticks: { color: style('--quiet'), callback: atLabel(chart), autoSkip: false },
        }),
        y: axis(chart.yTitle, chart.logarithmic
            ? { type: 'logarithmic', suggestedMin: bottom(chart) / 1.3, suggestedMax: top(chart) * 1.3 }
            : { beginAtZero: true, suggestedMax: top(chart) * 1.05 }),
      },
      plugins: {
        legend: {
          display: chart.series.length > 1 && chart.series.length <= 9,
          position: 'bottom',
          labels: { color: style('--text'), usePointStyle: true },
        },
        tooltip: {
          callbacks: {
            label: ({ raw }) => raw.note + ': ' + amount(raw.y) +
              (raw.low === null ? '' : ' [' + amount(raw.low) + ', ' + amount(raw.high) + ']'),
          },
        },
      },
    },
    plugins: [whiskers],
  });

  const draw = () => {
    drawn.splice(0).forEach((chart) => chart.destroy());
    for (const chart of charts) drawn.push(new Chart(document.getElementById('chart-' + chart.id), config(chart)));
    document.documentElement.dataset.charts = String(drawn.length);
  };

  draw();
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', draw);
  addEventListener('beforeprint', () => drawn.forEach((chart) => chart.resize()));
  addEventListener('afterprint', () => drawn.forEach((chart) => chart.resize()));
})();
`;
