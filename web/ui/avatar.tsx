import { classes } from './classes.ts'
import { hueOfName, hueStyle, initialsOf } from './sign.tsx'

/** A person as two letters in a colour that stays theirs. */
export function Avatar({
  name,
  hue = null,
  size = 'medium',
}: {
  name: string
  hue?: number | null
  size?: 'small' | 'medium'
}) {
  return (
    <span
      aria-hidden="true"
      className={classes(
        'hued grid shrink-0 place-items-center rounded-full bg-shop-soft font-semibold text-shop-text',
        size === 'small' ? 'size-9 text-[0.8125rem]' : 'size-11',
      )}
      style={hueStyle(hue ?? hueOfName(name))}
    >
      {initialsOf(name)}
    </span>
  )
}
