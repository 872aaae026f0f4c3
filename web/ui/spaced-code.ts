/** A code in two halves, as people read it out; one that brings its own marks stays as it is. */
export function spacedCode(code: string): string {
  if (/[\s-]/.test(code)) return code
  const half = Math.ceil(code.length / 2)
  return `${code.slice(0, half)} ${code.slice(half)}`
}

/** A code as somebody typed or scanned it: a link's code or account, or the letters without the spaces between. */
export function codeTyped(text: string): string {
  const linked = /[?&](?:member|code)=([^&#\s]+)/.exec(text)?.[1]
  const code = decoded(linked ?? text).replace(/[\s-]/g, '')
  return /^0x[0-9a-f]{40}$/i.test(code) ? code.toLowerCase() : code.toUpperCase()
}

/** A stray % is a slip of the finger, not an end of the till. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
