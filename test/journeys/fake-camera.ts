import { writeFileSync } from 'node:fs'
import QRCode from 'qrcode'

// A camera that looks at a picture: a film of one frame, which Chromium plays to whoever asks for a camera.

const width = 640
const height = 480

/** Chromium's own words for a camera that plays this film. */
export const cameraPlaying = (film: string): readonly string[] => [
  '--use-fake-device-for-media-stream',
  `--use-file-for-fake-video-capture=${film}`,
]

/** Holds this text before the camera as a code, a little askew from the middle, on a grey table. */
export function holdBefore(film: string, text: string): void {
  const { modules } = QRCode.create(text, { errorCorrectionLevel: 'M' })
  const quiet = 4
  const dot = Math.floor((height - 40) / (modules.size + 2 * quiet))
  const side = dot * (modules.size + 2 * quiet)
  const left = Math.floor((width - side) / 2) + 17
  const top = Math.floor((height - side) / 2) - 5
  const light = Buffer.alloc(width * height, 0x90)
  for (let row = 0; row < side; row += 1) {
    for (let column = 0; column < side; column += 1) {
      const line = Math.floor(row / dot) - quiet
      const place = Math.floor(column / dot) - quiet
      const inside = line >= 0 && place >= 0 && line < modules.size && place < modules.size
      light[(top + row) * width + left + column] = inside && modules.get(line, place) ? 0x20 : 0xe8
    }
  }
  const colours = Buffer.alloc((width * height) / 2, 0x80)
  const frame = Buffer.concat([Buffer.from('FRAME\n'), light, colours])
  writeFileSync(
    film,
    Buffer.concat([Buffer.from(`YUV4MPEG2 W${width} H${height} F10:1 Ip A1:1 C420jpeg\n`), frame, frame]),
  )
}
