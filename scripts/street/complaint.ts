/** Something only the person at the keyboard can put right; the message is the one sentence they are shown. */
export class Complaint extends Error {
  override readonly name = 'Complaint'
}

/** What the operating system's refusals of a file mean to the person who has to lift them. */
const refusals: Readonly<Record<string, string>> = {
  EACCES: 'this account may not read or write it',
  EPERM: 'this account may not read or write it',
  EROFS: 'its disk can only be read',
  ENOSPC: 'its disk is full',
  EDQUOT: 'this account has no room left on its disk',
  ENOTDIR: 'a part of that path is a file and no folder',
  EEXIST: 'something of that name is there already',
  EISDIR: 'it is a folder and no file',
  ENOENT: 'it is not there',
  ELOOP: 'its links lead in a circle',
  ENAMETOOLONG: 'its name is too long',
}

/** The sentence for whatever went wrong: ours as it stands, a bug with enough to find it. */
export function sentenceOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  if (error.name === 'Complaint' || error.name === 'DatabaseUnusable') return error.message
  const { code, path } = error as NodeJS.ErrnoException
  const refusal = refusals[code ?? '']
  if (refusal === undefined || path === undefined) return error.stack ?? error.message
  return `${path} cannot be used: ${refusal}. Put that right, or name another data folder with --data.`
}

/** A reader that goes away, such as `head` or a closed terminal, must not end us before what we started has ended. */
function outliveReaders(): void {
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined)
}

/** Runs a script to its end: a number it answers with is the exit code; whatever went wrong is one sentence and 1. */
export function runToItsEnd(main: () => Promise<unknown>): void {
  outliveReaders()
  main().then(
    (code) => process.exit(typeof code === 'number' ? code : 0),
    (error: unknown) => {
      console.error(`highstreet: ${sentenceOf(error)}`)
      process.exit(1)
    },
  )
}
