import { hash, timingSafeEqual } from 'node:crypto'
import type { Clock } from '../../clock.ts'
import { causeChain, fault, isFault } from '../../errors.ts'
import type { Log } from '../../log.ts'
import { headers } from '../contract.ts'
import { type HookAnswer, type HookRequest, jsonAnswer, problemAnswer, within } from './http.ts'

/** A control call that passed every rule. */
export interface ControlOrder {
  action: string
  generation: number
  key: string
  body: Record<string, unknown>
}

/** What an action answers: the details of `done`, or `accepted` with the operation's path. */
export type Outcome = { status: 'accepted'; operation: string } | { [detail: string]: unknown; status?: 'done' }

/** Where the newest generation survives a restart of the process. Synchronous: it is kept before anything is done. */
export interface GenerationMemory {
  load(): number
  save(generation: number): void
}

export interface GateOptions {
  /** Who is controlled, for messages. */
  member: string
  /** Absent or empty: every control call is refused with 401. */
  token: string | undefined
  clock: Clock
  log?: Pick<Log, 'warn' | 'error'>
  known(): readonly string[]
  /** Acts. A fault is the answer; anything else thrown is answered as `internal` and logged. */
  act(order: ControlOrder): Promise<Outcome>
  generations?: GenerationMemory
  /** 64 KiB. */
  bodyLimitBytes?: number
  /** 5 s. */
  bodyLimitMs?: number
}

export interface Gate {
  /** Answers `POST control/{action}`; never rejects. */
  control(request: HookRequest, action: string): Promise<HookAnswer>
  /** Throws `unauthorized`. */
  authorize(request: HookRequest): void
  /** The newest generation seen; 0 while none was. */
  generation(): number
}

interface Remembered {
  action: string
  text: string
  settled: boolean
  answer: Promise<HookAnswer>
}

const maxKeys = 1_000
const maxKeyLength = 255

/**
 * The rules in front of every control call, in this order: token, action, headers, body, replay of the same key, generation.
 * Only then it is acted, and once per key. An answer of 500 and above is not kept: a retry is then a real one.
 */
export function createGate(options: GateOptions): Gate {
  const { member, clock, bodyLimitBytes = 65_536, bodyLimitMs = 5_000 } = options
  const secret = options.token ? digest(options.token) : null
  const answers = new Map<string, Remembered>()
  let newest = options.generations?.load() ?? 0

  function authorize(request: HookRequest) {
    const token = /^Bearer +(\S+) *$/i.exec(request.headers.get('authorization') ?? '')?.[1]
    // Digests have one length, so that the comparison takes the same time whatever was sent.
    if (secret === null || token === undefined || !timingSafeEqual(digest(token), secret)) throw fault('unauthorized')
  }

  async function bodyOf(request: HookRequest): Promise<string> {
    const text = await within(clock, bodyLimitMs, request.body(bodyLimitBytes), () => fault('body-too-slow', { limitMs: bodyLimitMs }))
    if (Buffer.byteLength(text) > bodyLimitBytes) throw fault('body-too-large', { limitBytes: bodyLimitBytes })
    return text
  }

  function admit(generation: number) {
    if (generation < newest) throw fault('stale-generation', { seen: newest, member, given: generation })
    if (generation === newest) return
    // Remembered before acting: whatever becomes of this call, an older one may do nothing from here on.
    options.generations?.save(generation)
    newest = generation
  }

  async function act(order: ControlOrder): Promise<HookAnswer> {
    try {
      const outcome = await options.act(order)
      return outcome.status === 'accepted' ? jsonAnswer(202, outcome) : jsonAnswer(200, { ...outcome, status: 'done' })
    } catch (error) {
      if (!isFault(error)) options.log?.error({ member, action: order.action, err: causeChain(error) }, 'control action failed')
      return problemAnswer(error)
    }
  }

  function remember(order: ControlOrder, text: string): Promise<HookAnswer> {
    makeRoom(answers)
    const entry: Remembered = { action: order.action, text, settled: false, answer: act(order) }
    answers.set(order.key, entry)
    void entry.answer.then((answer) => {
      entry.settled = true
      if (answer.status >= 500) answers.delete(order.key)
    })
    return entry.answer
  }

  return {
    authorize,
    generation: () => newest,
    async control(request, action) {
      try {
        authorize(request)
        if (!options.known().includes(action)) {
          throw fault('unknown-action', { member, action, known: options.known().join(', ') || 'no action at all' })
        }
        const { generation, key } = readHeaders(request)
        const text = await bodyOf(request)
        const body = parseBody(text)
        const earlier = answers.get(key)
        if (earlier) {
          if (earlier.action !== action || earlier.text !== text) throw fault('key-reused')
          return await earlier.answer
        }
        admit(generation)
        return await remember({ action, generation, key, body }, text)
      } catch (error) {
        if (!isFault(error)) options.log?.error({ member, action, err: causeChain(error) }, 'control call failed')
        return problemAnswer(error)
      }
    },
  }
}

const digest = (text: string) => hash('sha256', text, 'buffer')

function readHeaders(request: HookRequest): { generation: number; key: string } {
  const given = request.headers.get(headers.generation) ?? ''
  const key = request.headers.get(headers.key) ?? ''
  const problems: string[] = []
  if (!/^\d{1,15}$/.test(given)) problems.push('header Jidoka-Generation: a non-negative integer')
  if (key.length < 1 || key.length > maxKeyLength) problems.push(`header Idempotency-Key: 1 to ${maxKeyLength} characters`)
  if (problems.length > 0) throw fault('bad-request', { problems: problems.join('; ') })
  return { generation: Number(given), key }
}

/** No body says the same as an empty object. */
function parseBody(text: string): Record<string, unknown> {
  if (text.trim() === '') return {}
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (error) {
    throw fault('malformed-body', { problem: error instanceof Error ? error.message : String(error) }, error)
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw fault('bad-request', { problems: 'the body: a JSON object' })
  return value as Record<string, unknown>
}

/** The oldest settled ones go. One at work is never forgotten, or its repetition would act a second time. */
function makeRoom(answers: Map<string, Remembered>) {
  if (answers.size < maxKeys) return
  for (const [key, { settled }] of answers) {
    if (!settled) continue
    answers.delete(key)
    return
  }
  throw fault('conflict', { problem: `Already ${maxKeys} calls are at work.`, hint: 'Wait for their answers.' })
}
