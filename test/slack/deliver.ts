import type { LocalSlack } from './local-slack.ts'
import * as payloads from './payloads.ts'
import { postCommand, postEvent, postInteraction, type SignedAnswer, type SignOptions } from './signed.ts'
import type { Acked, Envelope, Sockets } from './sockets.ts'
import type { Delivery, Fields } from './types.ts'

/** How Slack reaches the app: by its socket, or by signed requests to an address. */
export interface DeliverOptions {
  via: { mode: 'socket' | 'http'; requestUrl: string | undefined; down: boolean }
  sockets: Sockets
  localSlack: LocalSlack | null
  signingSecret: string
}

export type Deliver = ReturnType<typeof openDeliver>

/** How long Slack waits for an acknowledgement. */
export const ackLimitMs = 3_000

const posts = { command: postCommand, interactive: postInteraction, event: postEvent }
const types = { command: 'slash_commands', interactive: 'interactive', event: 'events_api' } as const

export function openDeliver({ via, sockets, localSlack, signingSecret }: DeliverOptions) {
  const deliveries: Delivery[] = []

  const record = (kind: Delivery['kind'], payload: Fields, answer: Acked | SignedAnswer | undefined): Delivery => {
    const status = !answer ? 0 : 'status' in answer ? answer.status : answer.acked ? 200 : 0
    const body = !answer ? undefined : 'status' in answer ? answer.body : answer.payload
    const ms = answer?.ms ?? 0
    const empty = body === undefined || (typeof body === 'object' && body !== null && Object.keys(body).length === 0)
    const delivery: Delivery = {
      ...{ kind, payload, delivered: answer !== undefined, status, ack: empty ? undefined : body, ms },
      late: answer !== undefined && (status === 0 || ms > ackLimitMs),
    }
    deliveries.push(delivery)
    return delivery
  }

  async function give(kind: Delivery['kind'], payload: Fields, options: SignOptions = {}): Promise<Delivery> {
    if (via.down) return record(kind, payload, undefined)
    if (via.mode === 'http') {
      const { requestUrl } = via
      const answer = requestUrl ? await posts[kind](requestUrl, signingSecret, payload, options).catch(() => undefined) : undefined
      return record(kind, payload, answer)
    }
    const { retryNum, retryReason } = options
    const retry = retryNum === undefined ? undefined : { attempt: retryNum, reason: retryReason ?? 'timeout' }
    return record(kind, payload, await sockets.send(types[kind], payload, retry))
  }

  /** Has local-slack send it, when it is there: an envelope that nobody here wrote. */
  async function byLocalSlack(kind: Delivery['kind'], match: (envelope: Envelope) => boolean, ask: (from: LocalSlack) => Promise<unknown>) {
    if (!localSlack || via.mode !== 'socket' || via.down || sockets.connections === 0) return
    const watched = sockets.watch(match)
    // It answers when the app did, or after 5 s; without an envelope by then there was no line from it to the app.
    const asked = ask(localSlack).then(() => (watched.came() ? watched.answer : undefined))
    const got = await Promise.race([watched.answer, asked])
    watched.forget()
    return got && record(kind, got.envelope.payload, got.answer)
  }

  return {
    /** All that was sent to the app, oldest first. */
    deliveries,
    event: (envelope: Fields, options?: SignOptions) => give('event', envelope, options),
    interaction: (payload: Fields, options?: SignOptions) => give('interactive', payload, options),

    async command(fields: Fields, options: SignOptions & { responseUrl?: string; triggerId?: string } = {}): Promise<Delivery> {
      const { command, text, user_id, channel_id } = fields as Record<string, string>
      const ours = options.responseUrl !== undefined || options.triggerId !== undefined || options.retryNum !== undefined
      const match = ({ type, payload }: Envelope) => type === 'slash_commands' && payload.user_id === user_id && payload.text === text
      const ask = (from: LocalSlack) =>
        from.command({ channel: channel_id as string, user: user_id as string, command: command as string, text: text as string })
      return (ours ? undefined : await byLocalSlack('command', match, ask)) ?? give('command', fields, options)
    },

    async home(user: payloads.Actor): Promise<Delivery> {
      const match = ({ type, payload }: Envelope) => {
        const { event } = payload as { event?: Fields }
        return type === 'events_api' && event?.type === 'app_home_opened' && event.user === user.id
      }
      const opened = { type: 'app_home_opened', user: user.id, channel: `D${user.id.slice(1)}`, tab: 'home' }
      return (await byLocalSlack('event', match, (from) => from.openHome(user.id))) ?? give('event', payloads.event(opened))
    },

    /** The same once more, as Slack does when it had no answer in time: same `event_id`, with retry headers or fields. */
    again: ({ kind, payload }: Delivery, options: SignOptions = {}) => give(kind, payload, { retryNum: 1, ...options }),
  }
}
