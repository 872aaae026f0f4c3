import 'server-only'
import { memberByCodeOrAddress } from '#web/queries/members.ts'
import { type PaymentProposal, paymentProposal } from '#web/queries/payment-proposal.ts'
import { type PaymentRequest, requestByCode } from '#web/queries/request-by-code.ts'
import type { Standing } from './intent-state.ts'
import { standingOf } from './intent-state.ts'
import { type ApprovedTerms, approvedTerms, requestCode } from './payment-requests.ts'
import { type Refusal, refuse } from './refusal.ts'
import type { Hex } from './wire.ts'

/** Who looks at a request, as the door knows them: the shop by its key or its people, a member by their session. */
export interface Looking {
  readonly shop: number | null
  readonly member: Hex | null
}

export interface ShownRequest extends Omit<PaymentRequest, 'terms' | 'memberSignature' | 'outcome' | 'member'> {
  /** Who agreed; told to them and to the shop that asked. */
  readonly member: Hex | null
  /** What the member agreed to, for the till to countersign. Their signature stays here: the till needs none. */
  readonly terms: (ApprovedTerms & { readonly member: Hex }) | null
  readonly memberName: string | null
  /** How the payment itself stands, once the till has accepted. */
  readonly payment: Standing | null
  /** Which points would pay, for the member who asks; everybody's points are their own affair. */
  readonly proposal: PaymentProposal | null
}

/**
 * A payment request under its code. Whoever was told the code sees what is asked and how far it is; who agreed, and
 * with which shops' points, only they and the shop that asked; which points would pay (N-12), only whose they are.
 */
export async function readRequest(code: string, { shop, member }: Looking): Promise<ShownRequest | Refusal> {
  const wanted = requestCode.safeParse(code)
  const kept = wanted.success ? await requestByCode(wanted.data) : null
  if (kept === null) return refuse('unknownRequest', { code })
  const { terms, memberSignature: _, outcome, member: agreed, ...shown } = kept
  const concerned = shop === kept.shop || (agreed !== null && member === agreed)
  const payer = concerned ? agreed : null
  return {
    ...shown,
    member: payer,
    terms: terms === null || payer === null ? null : { member: payer, ...approvedTerms.parse(terms) },
    memberName: payer === null ? null : ((await memberByCodeOrAddress(payer))?.calledName ?? null),
    payment: outcome === null ? null : standingOf(outcome),
    proposal: member === null || kept.state !== 'open' ? null : await paymentProposal(member, kept.shop, kept.points),
  }
}
