/** The parts of chart.js that charts here use; the rest of it is not in the page. */
import { BoxAndWiskers, BoxPlotController } from '@sgratzl/chartjs-chart-boxplot';
import {
  BarController,
  BarElement,
  CategoryScale,
  Chart,
  Legend,
  LinearScale,
  LineElement,
  LogarithmicScale,
  PointElement,
  ScatterController,
  Title,
  Tooltip,
} from 'chart.js';
import annotation from 'chartjs-plugin-annotation';

export function registerComponents(): void {
  Chart.register(
    ...[BarController, BoxPlotController, ScatterController],
    ...[BarElement, BoxAndWiskers, LineElement, PointElement],
    ...[CategoryScale, LinearScale, LogarithmicScale],
    ...[Legend, Title, Tooltip, annotation],
  );
}
