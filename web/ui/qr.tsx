import QRCode from 'qrcode'

/** Dark squares on light in both themes: cameras want contrast, not taste. */
export function Qr({ text, label, className }: { text: string; label: string; className?: string }) {
  const { modules } = QRCode.create(text, { errorCorrectionLevel: 'M' })
  const quiet = 2
  const side = modules.size + 2 * quiet
  return (
    <svg
      aria-label={label}
      className={className}
      role="img"
      shapeRendering="crispEdges"
      viewBox={`0 0 ${side} ${side}`}
      xmlns="http://www.w3.org/2000/svg"
    >
      <rect fill="#fffdf7" height={side} width={side} />
      <path d={qrPath(modules, quiet)} fill="#1d1a16" />
    </svg>
  )
}

/** One path for all dark squares, run by run. */
export function qrPath(modules: { size: number; get(row: number, column: number): number }, quiet: number): string {
  let path = ''
  for (let row = 0; row < modules.size; row++) {
    for (let column = 0; column < modules.size; column++) {
      if (!modules.get(row, column)) continue
      const start = column
      while (column + 1 < modules.size && modules.get(row, column + 1)) column++
      path += `M${start + quiet} ${row + quiet}h${column - start + 1}v1h-${column - start + 1}z`
    }
  }
  return path
}
