import type { Socket } from 'node:net'
import { fault, isFault } from '../../errors.ts'
import type { GuardedMember, Watch } from './watch.ts'

/** Lines of JSON over a unix socket in the agent's folder, which only its user may enter. */
export type Order =
  | { op: 'hello'; protocol: number; agent: string; url: string; members: GuardedMember[] }
  | { op: 'ping' }
  /** `again`: armed with a guard that is gone. */
  | { op: 'arm'; watch: Watch; again: boolean }
  | { op: 'disarm'; member: string; target: { pid: number; startTime: string | null } }
  /** The agent ends in order: nobody will arm anything any more. */
  | { op: 'bye' }

export type Request = Order & { id: number }
export type Answer = { id: number; ok: true } | { id: number; code: string; details: Record<string, unknown>; text: string }
/** What the guard says unasked. */
export interface Event {
  event: 'ending'
  watch: Watch
  why: string
}

export const protocol = 1
const maxLineBytes = 262_144

/** Refusals that mean the same on both sides. */
const codes = ['guard-ended', 'stale-generation', 'role-refused', 'conflict'] as const

export function refusal(id: number, error: unknown): Answer {
  const text = error instanceof Error ? error.message : String(error)
  return isFault(error) ? { id, code: error.code, details: error.details, text } : { id, code: 'internal', details: {}, text }
}

export function faultOf(agent: string, { code, details, text }: Extract<Answer, { code: string }>): Error {
  const known = codes.find((one) => one === code)
  return known ? fault(known, details) : fault('guard-away', { agent, problem: text })
}

/** Each line by itself; a peer that does not keep to it is cut off. */
export function onLines(socket: Socket, take: (value: unknown) => void): void {
  let rest = ''
  socket.setEncoding('utf8')
  socket.on('data', (data: string) => {
    rest += data
    if (rest.length > maxLineBytes) return void socket.destroy()
    for (let end = rest.indexOf('\n'); end >= 0; end = rest.indexOf('\n')) {
      const line = rest.slice(0, end)
      rest = rest.slice(end + 1)
      try {
        take(JSON.parse(line))
      } catch {
        return void socket.destroy()
      }
    }
  })
}

export const writeLine = (socket: Socket, value: object): void => {
  if (!socket.destroyed) socket.write(`${JSON.stringify(value)}\n`)
}
