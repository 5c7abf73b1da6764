/** The middle one; of an even number, the mean of the two in the middle. NaN of none. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  const upper = sorted[Math.floor(sorted.length / 2)] ?? NaN
  const lower = sorted[Math.ceil(sorted.length / 2) - 1] ?? NaN
  return (lower + upper) / 2
}

/** How much `y` grows with one `x`, by least squares; 0 for fewer than two points. */
export function slope(points: ReadonlyArray<readonly [x: number, y: number]>): number {
  const count = points.length
  const meanX = points.reduce((sum, [x]) => sum + x, 0) / count
  const meanY = points.reduce((sum, [, y]) => sum + y, 0) / count
  const spread = points.reduce((sum, [x]) => sum + (x - meanX) ** 2, 0)
  if (count < 2 || spread === 0) return 0
  return points.reduce((sum, [x, y]) => sum + (x - meanX) * (y - meanY), 0) / spread
}

/** Lines of text with the columns under each other, the first one to the left. */
export function table(rows: ReadonlyArray<readonly string[]>): string {
  const widths = (rows[0] ?? []).map((_, column) =>
    Math.max(...rows.map((row) => row[column]?.length ?? 0)),
  )
  return rows
    .map((row) =>
      row
        .map((cell, column) =>
          column === 0 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0),
        )
        .join('  ')
        .trimEnd(),
    )
    .join('\n')
}

/** One line for each figure of the rounds: its median, its lowest and its highest. */
export function figuresTable<Name extends string>(
  labels: Readonly<Record<Name, string>>,
  rounds: ReadonlyArray<Readonly<Record<Name, number>>>,
): string {
  // Keys of the labels are the names: nothing else is in them.
  const names = Object.keys(labels) as Name[]
  return table([
    ['', 'median', 'lowest', 'highest'],
    ...names.map((name) => {
      const values = rounds.map((round) => round[name])
      const figures = [median(values), Math.min(...values), Math.max(...values)]
      return [labels[name], ...figures.map((figure) => figure.toFixed(0))]
    }),
  ])
}
