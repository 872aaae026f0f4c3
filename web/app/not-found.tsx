import { ButtonLink } from '#web/ui/button.tsx'
import { Fascia } from '#web/ui/fascia.tsx'

export default function NotFound() {
  return (
    <>
      <Fascia />
      <main className="mx-auto grid min-h-[60dvh] max-w-xl place-content-center px-6 text-center" id="main">
        <h1 className="font-semibold text-3xl">There is no such door on this street</h1>
        <p className="mt-3 text-lg text-soft">The address may be mistyped, or the page has moved.</p>
        <ButtonLink className="mx-auto mt-6" href="/" size="large">
          To the street
        </ButtonLink>
      </main>
    </>
  )
}
