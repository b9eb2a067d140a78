import { causeChain } from '../../core/errors.ts'
import type { Rendered } from './blocks/form.ts'
import { answerModal } from './blocks/modal.ts'
import { ask } from './calls.ts'
import type { HandlerKind, Incoming, Surface } from './define.ts'

/** What is read of any payload of Slack, whatever its kind. */
interface Payload {
  event_id?: string
  trigger_id?: string
  response_url?: string
  team_id?: string
  user_id?: string
  user_name?: string
  channel_id?: string
  user?: { id?: string; team_id?: string; username?: string; name?: string }
  channel?: { id?: string }
  container?: { type?: string; thread_ts?: string }
  view?: { type?: string; private_metadata?: string }
  event?: {
    user?: string | { id?: string }
    channel?: string | { id?: string }
    item?: { channel?: string }
    thread_ts?: string
    message?: { user?: string }
    channel_type?: string
  }
}

interface Listened {
  body: unknown
  ack?: (answer?: never) => Promise<void>
}

const answerWithinMs = 5_000

/** One thing that came, whatever its kind, with the ways to answer it. */
export function incomingOf<Kind extends HandlerKind>(
  { kind, name }: { kind: Kind; name: string },
  { body, ack }: Listened,
  surface: Surface,
): Incoming<Kind> {
  const payload = body as Payload
  const user = userOf(payload)
  const key = payload.event_id ?? payload.trigger_id ?? ''
  let acked = ack === undefined

  async function acknowledge(answer?: unknown): Promise<void> {
    if (acked || !ack) return
    acked = true
    const message = kind === 'command' && answer ? { response_type: 'ephemeral', ...(answer as Rendered) } : answer
    await ack(message as never)
  }

  return {
    body: body as Incoming<Kind>['body'],
    key,
    user,
    ack: acknowledge as Incoming<Kind>['ack'],
    first: () => surface.journal.firstSeen(`slack:event/${key}/${name}`),
    async tell(message) {
      if (kind === 'command' && !acked) return acknowledge(message)
      await tell(surface, payload, user.id, message).catch((error: unknown) =>
        surface.log.warn({ event: key, err: causeChain(error) }, 'an answer could not be told'),
      )
    },
  }
}

function userOf({ user, user_id, user_name, team_id, event }: Payload): Incoming<HandlerKind>['user'] {
  if (user) return { id: user.id ?? '', team: user.team_id, name: user.username ?? user.name }
  if (user_id) return { id: user_id, team: team_id, name: user_name }
  const told = typeof event?.user === 'string' ? event.user : (event?.user?.id ?? event?.message?.user)
  return { id: told ?? '', team: undefined, name: undefined }
}

/** By the first way that works: where it was asked, else to this person alone. */
async function tell(surface: Surface, payload: Payload, user: string, message: Rendered): Promise<void> {
  const { web, who, log } = surface
  const { response_url, trigger_id, view, event } = payload
  if (response_url && (await respond(surface, response_url, message))) return
  if (view?.type === 'home' && trigger_id) {
    const { actor } = await who.of({ id: user })
    if ((await ask(web, 'views.open', { trigger_id, view: answerModal(message, actor.locale) })).ok) return
  }
  const at = channelOf(payload)
  if (at && event?.channel_type !== 'im') {
    const thread_ts = event?.thread_ts ?? payload.container?.thread_ts
    const shown = await ask(web, 'chat.postEphemeral', { channel: at, user, ...said(message), ...(thread_ts ? { thread_ts } : {}) })
    if (shown.ok) return
  }
  if (!user) return
  const sent = await ask(web, 'chat.postMessage', { channel: at && event?.channel_type === 'im' ? at : user, ...said(message) })
  if (!sent.ok) log.warn({ user, trouble: sent.trouble }, 'somebody could not be answered')
}

const said = ({ text, blocks }: Rendered) => ({ text, blocks, parse: 'none', link_names: false })

function channelOf({ channel_id, channel, event, view }: Payload): string | null {
  const told = typeof event?.channel === 'string' ? event.channel : (event?.channel?.id ?? event?.item?.channel)
  return channel_id ?? channel?.id ?? told ?? carried(view?.private_metadata)
}

/** A modal knows where it was asked for. */
function carried(metadata: string | undefined): string | null {
  try {
    const { channel } = JSON.parse(metadata || '{}') as { channel?: unknown }
    return typeof channel === 'string' && /^[CGD][A-Z0-9]+$/.test(channel) ? channel : null
  } catch {
    return null
  }
}

/** To the address that came with the payload. `web.fetch` lets nothing through that is not Slack's. */
async function respond({ web, clock, log }: Surface, url: string, { text, blocks }: Rendered): Promise<boolean> {
  const patience = new AbortController()
  const late = clock.after(answerWithinMs, () => patience.abort())
  try {
    const answer = await web.fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ response_type: 'ephemeral', replace_original: false, text, blocks }),
      redirect: 'error',
      signal: patience.signal,
    })
    return answer.ok
  } catch (error) {
    log.warn({ err: causeChain(error) }, 'the address for the answer was not used')
    return false
  } finally {
    late()
  }
}
