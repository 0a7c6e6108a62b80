/** What a run is called beside others, by its place among them: A, B, C … */
export function runLetter(index: number): string {
  return String.fromCharCode('A'.charCodeAt(0) + index);
}
