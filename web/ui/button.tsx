import Link from 'next/link'
import type { ComponentProps, ReactNode } from 'react'
import { classes } from './classes.ts'

type Look = 'solid' | 'ink' | 'outline' | 'quiet' | 'danger'
type Size = 'medium' | 'large' | 'huge'

const looks: Record<Look, string> = {
  solid: classes(
    'bg-shop text-cream shadow-[inset_0_1px_0_oklch(1_0_0/.14)] hover:bg-shop-deep active:bg-shop-deep',
    'disabled:bg-sunk disabled:text-soft disabled:shadow-none',
  ),
  ink: 'bg-ink text-paper hover:opacity-90',
  outline: 'border border-line-strong/60 bg-card text-ink hover:border-line-strong hover:bg-sunk disabled:text-soft',
  quiet: 'text-shop-text hover:bg-shop-soft disabled:text-soft',
  danger: 'bg-bad text-card hover:opacity-90',
}

const sizes: Record<Size, string> = {
  medium: 'min-h-11 px-4 text-[0.9375rem] rounded-xl gap-2',
  large: 'min-h-14 px-6 text-lg rounded-2xl gap-2.5',
  huge: 'min-h-18 px-6 text-xl rounded-2xl gap-3',
}

export function buttonClasses(look: Look, size: Size, className?: string): string {
  return classes(
    'inline-flex select-none items-center justify-center font-semibold tracking-tight transition-colors',
    '[&>svg]:shrink-0',
    looks[look],
    sizes[size],
    className,
  )
}

export function Button({
  look = 'solid',
  size = 'medium',
  className,
  type = 'button',
  ...rest
}: ComponentProps<'button'> & { look?: Look; size?: Size }) {
  return <button className={buttonClasses(look, size, className)} type={type} {...rest} />
}

export function ButtonLink({
  look = 'solid',
  size = 'medium',
  className,
  href,
  children,
}: {
  look?: Look
  size?: Size
  className?: string
  href: string
  children: ReactNode
}) {
  return (
    <Link className={buttonClasses(look, size, className)} href={href}>
      {children}
    </Link>
  )
}
