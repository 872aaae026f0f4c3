'use client'

import { Camera } from 'lucide-react'
import { useEffect, useRef, useState, useSyncExternalStore } from 'react'
import { Button } from './button.tsx'

interface Detector {
  detect(source: HTMLVideoElement): Promise<readonly { readonly rawValue: string }[]>
}

type DetectorClass = new (options: { formats: readonly string[] }) => Detector

function detectorClass(): DetectorClass | null {
  const found = (globalThis as { BarcodeDetector?: DetectorClass }).BarcodeDetector
  return found && typeof navigator.mediaDevices?.getUserMedia === 'function' ? found : null
}

const LOOK_MILLISECONDS = 250

/** Reads a code with the camera where the browser itself can; elsewhere nothing is offered. */
export function ScanCode({ onFound }: { onFound: (text: string) => void }) {
  const offered = useSyncExternalStore(
    () => () => {},
    () => detectorClass() !== null,
    () => false,
  )
  const [open, setOpen] = useState(false)
  const [refused, setRefused] = useState(false)
  if (!offered) return null
  return (
    <div className="mt-3">
      {open ? (
        <View
          onFound={(text) => {
            setOpen(false)
            onFound(text)
          }}
          onRefused={() => {
            setOpen(false)
            setRefused(true)
          }}
        />
      ) : (
        <Button className="w-full" look="outline" onClick={() => setOpen(true)} size="large">
          <Camera aria-hidden="true" className="size-5" /> Scan with the camera
        </Button>
      )}
      {refused ? <p className="mt-2 text-bad">The camera may not be used here. Type the code instead.</p> : null}
    </div>
  )
}

function View({ onFound, onRefused }: { onFound: (text: string) => void; onRefused: () => void }) {
  const video = useRef<HTMLVideoElement>(null)
  const report = useRef({ onFound, onRefused })
  report.current = { onFound, onRefused }
  useEffect(() => {
    const Detecting = detectorClass()
    let stream: MediaStream | null = null
    let timer: ReturnType<typeof setInterval> | undefined
    let over = false
    const start = async () => {
      stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: 'environment' } })
      const screen = video.current
      if (over || !screen || !Detecting) return stop(stream)
      screen.srcObject = stream
      await screen.play()
      const detector = new Detecting({ formats: ['qr_code'] })
      timer = setInterval(async () => {
        const [seen] = await detector.detect(screen).catch(() => [])
        if (seen && !over) report.current.onFound(seen.rawValue)
      }, LOOK_MILLISECONDS)
    }
    start().catch(() => report.current.onRefused())
    return () => {
      over = true
      clearInterval(timer)
      if (stream) stop(stream)
    }
  }, [])
  return (
    <video
      aria-label="What the camera sees"
      className="aspect-square w-full rounded-2xl bg-sunk object-cover"
      muted
      playsInline
      ref={video}
    />
  )
}

function stop(stream: MediaStream): void {
  for (const track of stream.getTracks()) track.stop()
}
