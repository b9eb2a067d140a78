import { ask, type SlackMessage } from '../calls.ts'
import { defineSlackHandler, type Surface } from '../define.ts'
import { knownOf } from './act.ts'
import { noteMessage } from './noting.ts'
import { andonAt } from './where.ts'

export interface Reaction {
  user: string
  reaction: string
  item: { type: string; channel: string; ts: string }
}

export const isPin = (event: unknown): boolean => {
  const { reaction, item } = event as Partial<Reaction>
  return (reaction === 'pushpin' || reaction === 'round_pushpin') && item?.type === 'message'
}

/** A pushpin on a message of a room puts it on the timeline: once, however many people pin it. */
export const pin = defineSlackHandler('pin', {
  kind: 'event',
  match: ['reaction_added'],
  when: isPin,
  scopes: ['reactions:read', 'channels:history', 'groups:history'],
  events: ['reaction_added'],
  help: 'a pushpin puts a message on the timeline',
  async run(incoming, surface) {
    const { item } = incoming.body.event as unknown as Reaction
    const message = await readMessage(surface, item.channel, item.ts)
    const andon = await andonAt(surface, item.channel, message.thread_ts ?? item.ts)
    if (!andon) return
    const { actor } = await knownOf(surface, incoming)
    await noteMessage(surface, { andon, actor, channel: item.channel, message })
  },
})

/** The message as it is now. When Slack does not give it, at least where it stands is noted. */
async function readMessage({ web, log }: Surface, channel: string, ts: string): Promise<SlackMessage> {
  // Of a reply `history` knows nothing; `replies` answers a message by its own time, whether it has answers or not.
  const answer = await ask(web, 'conversations.replies', { channel, ts, latest: ts, oldest: ts, inclusive: true, limit: 1 })
  const found = answer.ok ? answer.result.messages?.find((message) => message.ts === ts) : undefined
  if (found) return found
  const older = await ask(web, 'conversations.history', { channel, latest: ts, oldest: ts, inclusive: true, limit: 1 })
  const inHistory = older.ok ? older.result.messages?.find((message) => message.ts === ts) : undefined
  if (!inHistory) log.warn({ channel, ts }, 'a pinned message could not be read')
  return inHistory ?? { ts }
}
