// A client for the till API in TypeScript: its types are those of the schemas the server itself reads and answers by.
import type { z } from 'zod'
import { problem } from './answers.ts'
import { type Route, type RouteName, routes } from './routes.ts'

type Input<Schema> = Schema extends z.ZodType ? z.input<Schema> : undefined
type Part<Name extends RouteName, Key extends 'params' | 'body'> = (typeof routes)[Name] extends {
  readonly [key in Key]: infer Schema
}
  ? { readonly [key in Key]: Input<Schema> }
  : unknown

/** What a route wants: its parameters and its body, where it has any. */
export type Asked<Name extends RouteName> = Part<Name, 'params'> & Part<Name, 'body'>
export type Answer<Name extends RouteName> = z.output<(typeof routes)[Name]['answer']>
export type Problem = z.output<typeof problem>

export type Told<Name extends RouteName> =
  | { readonly ok: true; readonly answer: Answer<Name> }
  /** `retryAfterSeconds`: so long to wait before the same is sent again; null where that would not help. */
  | { readonly ok: false; readonly problem: Problem; readonly retryAfterSeconds: number | null }

export interface TillClientOptions {
  /** Scheme, host and port, such as https://street.example. */
  readonly origin: string
  readonly apiKey?: string
  /** Of the cashier's shift. */
  readonly shiftToken?: string
  /** How long one request may take; in milliseconds. */
  readonly patienceMs?: number
  readonly fetch?: typeof fetch
}

export interface TillClient {
  /** Rejects only where there is no answer, or none that the street would give; the same may then be sent again. */
  call<Name extends RouteName>(name: Name, asked: Asked<Name>): Promise<Told<Name>>
}

export function tillClient(options: TillClientOptions): TillClient {
  return {
    async call(name, asked) {
      const route: Route = routes[name]
      const { params = {}, body } = asked as { params?: Readonly<Record<string, unknown>>; body?: unknown }
      const response = await (options.fetch ?? fetch)(options.origin + pathOf(route, params), {
        method: route.method.toUpperCase(),
        headers: headersOf(options, route),
        ...(route.method === 'post' ? { body: textOf(body ?? {}) } : {}),
        signal: AbortSignal.timeout(options.patienceMs ?? 10_000),
        redirect: 'error',
      })
      const said: unknown = await response.json()
      if (response.ok) return { ok: true, answer: route.answer.parse(said) as Answer<typeof name> }
      const after = Number(response.headers.get('retry-after') ?? 'none')
      return { ok: false, problem: problem.parse(said), retryAfterSeconds: Number.isFinite(after) ? after : null }
    },
  }
}

function headersOf({ apiKey, shiftToken }: TillClientOptions, { method }: Route): Record<string, string> {
  return {
    accept: 'application/json',
    ...(method === 'post' ? { 'content-type': 'application/json' } : {}),
    ...(apiKey === undefined ? {} : { authorization: `Bearer ${apiKey}` }),
    ...(shiftToken === undefined ? {} : { 'highstreet-shift': shiftToken }),
  }
}

const pathOf = ({ path }: Route, params: Readonly<Record<string, unknown>>): string =>
  path.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(String(params[name])))

/** Whole numbers that JSON has no room for travel as digits. */
const textOf = (body: unknown): string =>
  JSON.stringify(body, (_, value: unknown) => (typeof value === 'bigint' ? `${value}` : value))
