import 'server-only'
import { memberByCodeOrAddress } from '#web/queries/members.ts'
import { type PaymentProposal, paymentProposal } from '#web/queries/payment-proposal.ts'
import { type PaymentRequest, requestByCode } from '#web/queries/request-by-code.ts'
import type { Standing } from './intent-state.ts'
import { standingOf } from './intent-state.ts'
import { type ApprovedTerms, approvedTerms, requestCode } from './payment-requests.ts'
import { type Refusal, refuse } from './refusal.ts'
import { address, type Hex, read } from './wire.ts'

export interface ShownRequest extends Omit<PaymentRequest, 'terms' | 'memberSignature' | 'outcome'> {
  /** What the member agreed to, for the till to countersign. Their signature stays here: the till needs none. */
  readonly terms: (ApprovedTerms & { readonly member: Hex }) | null
  readonly memberName: string | null
  /** How the payment itself stands, once the till has accepted. */
  readonly payment: Standing | null
  /** Which points would pay, for the member who asks. */
  readonly proposal: PaymentProposal | null
}

/** A payment request under its code; with a member, the lines the published order proposes for them (N-12). */
export async function readRequest(
  code: string,
  { member }: { readonly member?: unknown } = {},
): Promise<ShownRequest | Refusal> {
  const payer = member === undefined || member === null ? null : read(address, member)
  if (payer !== null && typeof payer !== 'string') return payer
  const wanted = requestCode.safeParse(code)
  const kept = wanted.success ? await requestByCode(wanted.data) : null
  if (kept === null) return refuse('unknownRequest', { code })
  const { terms, memberSignature: _, outcome, ...shown } = kept
  const agreed = terms === null || kept.member === null ? null : { member: kept.member, ...approvedTerms.parse(terms) }
  return {
    ...shown,
    terms: agreed,
    memberName: kept.member === null ? null : ((await memberByCodeOrAddress(kept.member))?.calledName ?? null),
    payment: outcome === null ? null : standingOf(outcome),
    proposal: payer === null || kept.state !== 'open' ? null : await paymentProposal(payer, kept.shop, kept.points),
  }
}
