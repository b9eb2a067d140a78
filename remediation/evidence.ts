import { seconds, sleep } from '../core/clock.ts'
import { type ErrorCode, isFault } from '../core/errors.ts'
import type { ActionContext } from './actions/define.ts'
import { waitForLease } from './lease-end.ts'
import type { Target } from './world.ts'

/** How we know that a member cannot act: the receipt, who gave it, and who was asked and said nothing. */
export interface Evidence {
  [detail: string]: unknown
  receipt: string
  by: string
  silent: string[]
}

const askMs = 2_000
/** A healthy agent has answered by then, with the last WAL streamed out. A frozen one need not be waited for. */
const guardAfterMs = 400
const commandMs = seconds(15)

const silence: readonly ErrorCode[] = ['target-refused', 'target-unreachable', 'target-timeout']

/**
 * Makes sure that a member cannot act as the active one. Asked are, in this order, its agent, the guard beside that agent, the
 * member itself, and the command that fences it; meanwhile its role lease runs out. The first proof counts, and nothing else:
 * without any it fails (`fence-unconfirmed`). Whoever refuses (a newer generation acts) ends it: that is no silence.
 */
export async function proveEnd(member: string, context: ActionContext): Promise<Evidence> {
  const { component } = context
  const silent = new Map<string, string>()
  const over = new AbortController()
  const within = { ...context, signal: AbortSignal.any([context.signal, over.signal]) }
  const told = () => [...silent].map(([who, why]) => `${who}: ${why}`)
  const asked = askAll(member, within, silent)
  const waited = component.roleLease ? waitForLease(member, [], within) : null
  // Whichever comes second says nothing any more.
  asked.catch(() => {})
  waited?.catch(() => {})
  try {
    const proof = asked.then((found) => found ?? waited ?? waitForLease(member, told(), within))
    const first = await (waited ? Promise.race([proof, waited]) : proof)
    return { ...first, silent: told() }
  } finally {
    over.abort()
  }
}

type Proof = { receipt: string; by: string; [detail: string]: unknown }

/** Null: none of them can say anything. */
async function askAll(member: string, context: ActionContext, silent: Map<string, string>): Promise<Proof | null> {
  const { world, component, clock, generation, signal } = context
  const configured = component.members.find((one) => one.id === member)
  const ask = async (who: string, target: Target, receipt: string, mute: readonly ErrorCode[]): Promise<Proof | null> => {
    silent.set(who, 'has not answered yet')
    try {
      const answer = await world.control(target, { action: 'fence', generation, key: context.key }, { timeoutMs: askMs, signal })
      silent.delete(who)
      return { receipt, by: who, ...answer }
    } catch (error) {
      if (!isFault(error, ...mute)) throw error
      silent.set(who, error.message)
      return null
    }
  }

  const agent = configured?.agent ? ask('agent', { agentOf: member }, 'process-reaped', silence) : null
  // A guard knows databases only. What it cannot do, the lease does: only a newer generation is a refusal.
  const guard = configured?.postgres ? afterAgent(agent, () => ask('guard', { guardOf: member }, 'process-reaped', guardMute)) : null
  const near = await firstProof([agent, guard])
  if (near) return near
  // Without hooks of its own it is its agent that answers for it, and that was asked.
  const own =
    configured?.agent && !configured.hooks ? null : await ask('member', { member }, 'member-fenced', [...silence, 'unknown-action'])
  if (own || !configured?.fenceCommand) return own
  silent.set('fence command', 'has not ended yet')
  try {
    const { output } = await world.exec(configured.fenceCommand, { timeoutMs: commandMs, signal })
    silent.delete('fence command')
    return { receipt: 'instance-fenced', by: 'fence command', output }
  } catch (error) {
    if (!isFault(error)) throw error
    silent.set('fence command', error.message)
    return null
  }

  async function afterAgent(first: Promise<Proof | null> | null, then: () => Promise<Proof | null>): Promise<Proof | null> {
    const answered = await Promise.race([first ?? null, sleep(clock, guardAfterMs, signal).then(() => null)])
    return answered ?? then()
  }
}

const guardMute: readonly ErrorCode[] = [...silence, 'target-failed', 'target-bad-answer', 'unknown-action']

/** The first that is one; null when none is. A refusal counts at once. */
function firstProof(asked: readonly (Promise<Proof | null> | null)[]): Promise<Proof | null> {
  return new Promise((resolve, reject) => {
    const left = asked.filter((one) => one !== null)
    let open = left.length
    if (open === 0) resolve(null)
    for (const one of left)
      one.then((found) => {
        if (found || --open === 0) resolve(found)
      }, reject)
  })
}
