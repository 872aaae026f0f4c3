import { Button } from '#web/ui/button.tsx'
import { classes } from '#web/ui/classes.ts'

/** For whoever stands at a counter and whose camera did not open the till's code. A plain form: it needs no script. */
export function TillCode({ unknown }: { unknown: boolean }) {
  return (
    <form action="/join" className="mb-6">
      {unknown ? (
        <p className="mb-4 rounded-2xl bg-wait-soft px-4 py-3 text-wait" id="till-code-problem" role="status">
          No till waits under that code. Type it again, or join all the same and show your own code there.
        </p>
      ) : null}
      <label className="font-medium" htmlFor="till-code">
        Code on the till, if you stand at one
      </label>
      <div className="mt-1.5 flex gap-2.5">
        <input
          aria-describedby={unknown ? 'till-code-problem' : undefined}
          aria-invalid={unknown}
          autoCapitalize="characters"
          autoComplete="off"
          className={classes(
            'min-h-14 w-full min-w-0 rounded-2xl border border-line-strong bg-card px-5',
            'font-mono font-semibold text-xl uppercase tracking-[0.18em]',
          )}
          enterKeyHint="go"
          id="till-code"
          name="code"
          spellCheck={false}
        />
        <Button look="outline" size="large" type="submit">
          Next
        </Button>
      </div>
    </form>
  )
}
