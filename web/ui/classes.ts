/** Class names put together; what is absent is left out. */
export function classes(...names: readonly (string | null | undefined | false)[]): string {
  return names.filter(Boolean).join(' ')
}
