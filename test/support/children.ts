import type { ChildProcess } from 'node:child_process'

const children = new Set<ChildProcess>()

function endAll(): void {
  for (const child of children) child.kill('SIGTERM')
  process.exit(143)
}

/**
 * The child ends when this test file does. A file that fails while it opens never comes to stop what it started, and
 * the run that waits for the child's output would then wait for ever.
 */
export function endWithUs<child extends ChildProcess>(child: child): child {
  if (children.size === 0) process.on('SIGTERM', endAll)
  children.add(child)
  child.once('exit', () => {
    children.delete(child)
    if (children.size === 0) process.off('SIGTERM', endAll)
  })
  return child
}
