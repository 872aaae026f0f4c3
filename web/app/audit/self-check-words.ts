import type { SelfCheckName } from '#web/queries/self-checks.ts'

/** What each check does, for whoever is no engineer. */
export const checkWords: Readonly<Record<SelfCheckName, { readonly title: string; readonly does: string }>> = {
  sums: {
    title: 'Everything adds up',
    does: 'What members hold is what is out, what shops owe one another is the pool, and the money is really there.',
  },
  samples: {
    title: 'Drawn by chance, and proven',
    does: 'Balances and shops are drawn by chance and proven from the chain’s own seal: nobody has to be believed.',
  },
  rebuild: {
    title: 'Written a second time',
    does: 'The whole book is written again from the chain’s first block, and every row of both is compared.',
  },
}

const tableWords: Readonly<Record<string, string>> = {
  balance: 'Members’ points',
  before_image: 'What undoes a block',
  block: 'Blocks',
  chain: 'Which chain it is',
  event: 'Everything else the contracts said',
  movement: 'Members’ statements',
  net_move: 'Why shops owe each other',
  payment: 'Payments',
  payment_line: 'Payments by issuer',
  points_token: 'Points that are out, and their quarters',
  position: 'Reserves and net positions',
  purchase: 'Purchases',
  refund: 'Payments undone',
  refund_line: 'Payments undone, by issuer',
  refusal: 'What the chain refused',
  reversal: 'Purchases undone',
  shop: 'Shops',
  till: 'Tills',
}

/** A rule as it was told, or the table that it compared in plain words. */
export function ruleWords({ rule, says }: { readonly rule: string; readonly says: string }): string {
  const table = rule.startsWith('table ') ? rule.slice('table '.length) : undefined
  return table === undefined ? says : (tableWords[table] ?? says)
}
