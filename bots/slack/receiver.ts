import { createHmac, timingSafeEqual } from 'node:crypto'
import type { App, Receiver, ReceiverEvent } from '@slack/bolt'
import type { Clock } from '../../core/clock.ts'
import { causeChain, fault } from '../../core/errors.ts'
import type { Log } from '../../core/log.ts'

/** A receiver for Bolt without a server of its own: whoever has one hands the requests over. */
export interface FetchReceiver {
  receiver: Receiver
  /** Answers one request of Slack. Throws a fault for what is not signed, too large, or not readable. */
  handle(request: Request): Promise<Response>
}

export interface ReceiverOptions {
  /** Undefined: nothing is let in. */
  signingSecret: string | undefined
  clock: Clock
  log: Log
  bodyLimitBytes?: number
}

/** A request is as fresh as this, in both directions of the clock. */
const freshMs = 300_000
/** Slack waits three seconds for an answer. */
const answerWithinMs = 2_900
const bodyWithinMs = 5_000

export function fetchReceiver({ signingSecret, clock, log, bodyLimitBytes = 2 ** 20 }: ReceiverOptions): FetchReceiver {
  let app: App | null = null
  return {
    receiver: {
      init(started) {
        app = started
      },
      start: async () => {},
      stop: async () => {
        app = null
      },
    },
    async handle(request) {
      const raw = await take(request, clock, bodyLimitBytes)
      const { headers } = request
      const form = /^application\/x-www-form-urlencoded\b/i.test(headers.get('content-type') ?? '')
      // Slack looks whether our certificate is well; there is nothing to do, so nothing is asked of it.
      if (form && new URLSearchParams(raw).get('ssl_check') === '1') return new Response(null)
      verify(raw, headers, signingSecret, clock.now())
      const body = read(raw, form)
      if (body.type === 'url_verification') return Response.json({ challenge: body.challenge })
      // Slack sends events again; of the rest people see that it failed, and their words with it.
      if (!app) return new Response(null, { status: 503, headers: { 'retry-after': '1' } })
      return process(app, body, headers, { clock, log })
    },
  }
}

/** Fails closed: without a secret, without a signature, and outside of five minutes. */
function verify(raw: string, headers: Headers, secret: string | undefined, now: number): void {
  if (!secret) throw fault('bad-signature', { problem: 'no signing secret is set here' })
  const timestamp = headers.get('x-slack-request-timestamp') ?? ''
  const given = Buffer.from(headers.get('x-slack-signature') ?? '')
  if (!/^\d{1,12}$/.test(timestamp) || given.length === 0) throw fault('bad-signature', { problem: 'the signature or its time is missing' })
  const wanted = Buffer.from(`v0=${createHmac('sha256', secret).update(`v0:${timestamp}:${raw}`).digest('hex')}`)
  if (given.length !== wanted.length || !timingSafeEqual(given, wanted)) throw fault('bad-signature', { problem: 'it does not match' })
  if (Math.abs(now - Number(timestamp) * 1_000) > freshMs)
    throw fault('bad-signature', { problem: 'it is more than five minutes off our clock' })
}

type Body = Record<string, unknown>

function read(raw: string, form: boolean): Body {
  try {
    const fields = form ? new URLSearchParams(raw) : null
    const payload = fields?.get('payload')
    const body: unknown = fields && payload === null ? Object.fromEntries(fields) : JSON.parse(payload ?? raw)
    if (typeof body === 'object' && body !== null) return body as Body
  } catch (error) {
    throw fault('malformed-body', { problem: 'it cannot be parsed' }, error)
  }
  throw fault('malformed-body', { problem: 'it is not an object' })
}

function process(app: App, body: Body, headers: Headers, { clock, log }: Pick<ReceiverOptions, 'clock' | 'log'>): Promise<Response> {
  return new Promise((resolve) => {
    const late = clock.after(answerWithinMs, () => {
      log.warn({ type: String(body.type ?? body.command ?? '') }, 'nothing answered Slack in time')
      resolve(new Response(null, { status: 503 }))
    })
    const answer = (response: Response) => {
      late()
      resolve(response)
    }
    const retry = headers.get('x-slack-retry-num')
    const event: ReceiverEvent = {
      body,
      ...(retry && /^\d{1,3}$/.test(retry) ? { retryNum: Number(retry), retryReason: headers.get('x-slack-retry-reason') ?? '' } : {}),
      ack: async (said?: unknown) => answer(acked(said)),
    }
    // What nobody here knows is acknowledged by nobody; Slack need not wait for that.
    const unknown = () => answer(new Response(null, { status: 404 }))
    app.processEvent(event).then(unknown, (error: unknown) => {
      log.error({ err: causeChain(error) }, 'what Slack sent could not be handled')
      answer(new Response(null, { status: 500 }))
    })
  })
}

function acked(said: unknown): Response {
  if (said === undefined || said === null || said === '') return new Response(null)
  return typeof said === 'string' ? new Response(said) : Response.json(said)
}

/** The whole body as text, at most so many bytes; the signature is of these very bytes. */
async function take(request: Request, clock: Clock, limitBytes: number): Promise<string> {
  if (Number(request.headers.get('content-length') ?? 0) > limitBytes) throw fault('body-too-large', { limitBytes })
  const reader = request.body?.getReader()
  if (!reader) return ''
  let expired = false
  const late = clock.after(bodyWithinMs, () => {
    expired = true
    reader.cancel().catch(() => {})
  })
  const parts: Uint8Array[] = []
  let bytes = 0
  try {
    for (;;) {
      const { value, done } = await reader.read()
      if (expired) throw fault('body-too-slow', { limitMs: bodyWithinMs })
      if (done) return Buffer.concat(parts).toString('utf8')
      bytes += value.length
      if (bytes > limitBytes) throw fault('body-too-large', { limitBytes })
      parts.push(value)
    }
  } finally {
    late()
  }
}
