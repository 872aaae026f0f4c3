import type { Address } from './network.ts'

/** How somebody is spoken of: by name where they agreed to it, otherwise by the end of their number. */
export function calledName(member: Address, displayName: string | null): string {
  return displayName ?? `Member ${member.slice(-4).toUpperCase()}`
}

/**
 * SQL for a join that finds a name only where the member agreed to be greeted by it. `member` is the column that holds
 * the account; the name is then `${alias}.display_name`, null without consent.
 */
export function greetingNameSql(alias: string, member: string): string {
  return `LEFT JOIN LATERAL (
    SELECT profile.display_name
    FROM portal.member_profile profile
    JOIN portal.consent consent ON consent.member = profile.member AND consent.purpose = 'greeting' AND consent.given
    WHERE profile.member = ${member}
  ) ${alias} ON true`
}
