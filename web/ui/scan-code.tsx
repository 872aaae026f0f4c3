'use client'

import { Camera } from 'lucide-react'
import { useEffect, useRef, useState, useSyncExternalStore } from 'react'
import { Button } from './button.tsx'

interface Detector {
  detect(source: HTMLVideoElement): Promise<readonly { readonly rawValue: string }[]>
}

type DetectorClass = new (options: { formats: readonly string[] }) => Detector

const hasCamera = (): boolean => typeof navigator.mediaDevices?.getUserMedia === 'function'

/** What reads a code off the picture: the browser itself where it can, else a reader that comes along then. */
async function detector(): Promise<Detector> {
  const own = (globalThis as { BarcodeDetector?: DetectorClass & { getSupportedFormats(): Promise<string[]> } })
    .BarcodeDetector
  const reads = (await own?.getSupportedFormats().catch(() => [])) ?? []
  if (own && reads.includes('qr_code')) return new own({ formats: ['qr_code'] })
  const { default: jsqr } = await import('jsqr')
  const canvas = document.createElement('canvas')
  return {
    detect: async (screen) => {
      const { videoWidth: width, videoHeight: height } = screen
      const scale = Math.min(1, MOST_DOTS / Math.max(width, height, 1))
      canvas.width = Math.round(width * scale)
      canvas.height = Math.round(height * scale)
      const drawing = canvas.getContext('2d', { willReadFrequently: true })
      if (!drawing || canvas.width === 0) return []
      drawing.drawImage(screen, 0, 0, canvas.width, canvas.height)
      const { data } = drawing.getImageData(0, 0, canvas.width, canvas.height)
      const seen = jsqr(data, canvas.width, canvas.height, { inversionAttempts: 'dontInvert' })
      return seen && seen.data !== '' ? [{ rawValue: seen.data }] : []
    },
  }
}

/** A larger picture shows a code no better and takes longer to read. */
const MOST_DOTS = 800
const LOOK_MILLISECONDS = 250

/** Reads a code with the camera, where there is one; fingers can always do without. */
export function ScanCode({ onFound, size = 'large' }: { onFound: (text: string) => void; size?: 'large' | 'huge' }) {
  const offered = useSyncExternalStore(
    () => () => {},
    hasCamera,
    () => false,
  )
  const [open, setOpen] = useState(false)
  const [problem, setProblem] = useState<string | null>(null)
  if (!offered) return null
  return (
    <div className="mt-3">
      {open ? (
        <View
          onFound={(text) => {
            setOpen(false)
            onFound(text)
          }}
          onClosed={(sentence) => {
            setOpen(false)
            setProblem(sentence)
          }}
        />
      ) : (
        <Button className="w-full" look="outline" onClick={() => setOpen(true)} size={size}>
          <Camera aria-hidden="true" className="size-6" /> Scan with the camera
        </Button>
      )}
      {problem ? (
        <p className="mt-2 text-bad text-lg" role="alert">
          {problem}
        </p>
      ) : null}
    </div>
  )
}

function View({
  onFound,
  onClosed,
}: {
  onFound: (text: string) => void
  /** Why it could not look; null: nobody wants it to. */
  onClosed: (problem: string | null) => void
}) {
  const video = useRef<HTMLVideoElement>(null)
  const report = useRef({ onFound, onClosed })
  report.current = { onFound, onClosed }
  useEffect(() => {
    let stream: MediaStream | null = null
    let timer: ReturnType<typeof setTimeout> | undefined
    let over = false
    const start = async () => {
      stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: 'environment' } })
      const screen = video.current
      if (over || !screen) return stop(stream)
      screen.srcObject = stream
      await screen.play()
      const reader = await detector()
      const look = async () => {
        const [seen] = await reader.detect(screen).catch(() => [])
        if (over) return
        if (seen) report.current.onFound(seen.rawValue)
        else timer = setTimeout(look, LOOK_MILLISECONDS)
      }
      look()
    }
    start().catch((problem: unknown) => {
      if (!over) report.current.onClosed(sentenceOf(problem))
    })
    return () => {
      over = true
      clearTimeout(timer)
      if (stream) stop(stream)
    }
  }, [])
  return (
    <div>
      <video
        aria-label="What the camera sees"
        className="aspect-square max-h-96 w-full rounded-2xl bg-sunk object-cover"
        muted
        playsInline
        ref={video}
      />
      <p className="mt-2 text-soft text-lg">Hold the code before the camera.</p>
      <Button className="mt-2 w-full" look="quiet" onClick={() => onClosed(null)} size="large">
        Close the camera
      </Button>
    </div>
  )
}

function sentenceOf(problem: unknown): string {
  const name = problem instanceof Error ? problem.name : ''
  if (name === 'NotAllowedError') return 'The camera may not be used here. Type the code instead.'
  if (name === 'NotFoundError') return 'This device has no camera. Type the code instead.'
  return 'The camera does not open just now. Type the code instead.'
}

function stop(stream: MediaStream): void {
  for (const track of stream.getTracks()) track.stop()
}
