import type { Logger } from 'pino'
import type { FollowNews } from './ledger/follow.ts'
import { Pace } from './ledger/pace.ts'
import type { ScoringThread } from './rescore/scoring-thread.ts'

const progressEveryMs = 2_000

/** What following tells, as lines of the log. */
export function newsInto(
  log: Logger,
  whenCaughtUp: () => void,
  rescorer?: Pick<ScoringThread, 'touch' | 'touchAll'>,
): FollowNews {
  let toldAt = 0
  let events = 0
  const pace = new Pace()
  return {
    recorded(news) {
      const progress = pace.note(news, performance.now())
      rescorer?.touch(news.shops)
      events += news.events
      const behind = news.head - news.tip
      if (behind > 0 ? Date.now() - toldAt > progressEveryMs : news.events > 0) {
        const event = behind > 0 ? 'blocks.catchingUp' : 'blocks.mirrored'
        const message = behind > 0 ? 'catching up' : 'mirrored'
        log.info({ event, block: news.tip, head: news.head, events, ...(behind > 0 ? progress : {}) }, message)
        toldAt = Date.now()
        events = 0
      }
    },
    undone({ ancestor, from, to, how, tookMs }) {
      rescorer?.touchAll()
      const [left, reached] = [
        { from: from.number, fromHash: from.hash },
        { to: to.number, toHash: to.hash },
      ]
      const facts = { event: 'chain.forked', ancestor, ...left, ...reached, tookMs }
      log.warn(facts, how === 'putBack' ? 'the chain forked: went back' : 'the chain forked: filled the ledger again')
    },
    caughtUp({ block }) {
      log.info({ event: 'ready', block }, 'ready')
      whenCaughtUp()
    },
    troubled({ what }) {
      log.warn({ event: 'node.troubled', reason: what }, 'trying again')
    },
    forkedBelowFinal({ ancestor, finalBlock }) {
      const facts = { event: 'chain.forkedBelowFinal', ancestor, finalBlock }
      log.fatal(facts, 'ALARM: the chain forked below finality; nothing is written until it returns')
    },
  }
}
