/** For `ref`: puts the cursor into a field that has just appeared because somebody asked for it. */
export function focusOnce(field: HTMLInputElement | null): void {
  field?.focus({ preventScroll: true })
}
