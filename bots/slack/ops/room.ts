import type { Andon } from '../../andon/andon.ts'
import { announceOf } from '../blocks/announce.ts'
import { slackIdOf } from '../blocks/form.ts'
import { keys, laneOfAnnounce, nowhere, placeOf, type SlackMessage } from '../message.ts'
import { numbered } from '../rooms.ts'
import { defineSlackOp, NotYet, refusalOf, type SlackTools, SlackTrouble, wordOf } from './define.ts'

/** A pull must not wait for a room that cannot be made soon: a thread is at hand. */
const patienceMs = 5_000
const namesMost = 9
/** Slack's limit of a group conversation, less ourselves. */
const groupMost = 7

/** Makes the room; where none can be made, the thread below the announcement is the room. */
export const room = defineSlackOp('room', {
  essential: true,
  async run(message, tools) {
    const andon = await tools.andon(message.andon)
    if (!andon) return
    const known = await tools.reference(keys.room(andon.id))
    const kept = known !== null && known !== nowhere && (!message.anew || known === (await tools.reference(keys.hidden(andon.id))))
    if (kept) return tell(andon, known, message.name, tools)
    // It may have turned private while this waited. By another name: an earlier try may have made a room for everybody.
    const order = andon.private && !message.private ? { ...message, name: `${message.name}-p`, private: true } : message
    const refer = (ref: string, hidden: boolean) =>
      tools.refer({ [keys.room(andon.id)]: ref, ...(hidden ? { [keys.hidden(andon.id)]: ref } : {}) })
    const made = await create(order, keys.room(andon.id), tools)
    if (!(made instanceof SlackTrouble)) {
      await refer(made.channel, order.private)
      return tell(andon, made.channel, made.name, tools)
    }
    const thread = await threadFor(andon, tools)
    await refer(thread ?? nowhere, andon.private)
    const why = `No room could be made in Slack: ${wordOf(made.trouble)}.`
    if (thread) await tell(andon, thread, order.name, tools)
    await tools.command(andon.id, 'note', {
      text: thread ? `${why} A thread is the room.` : `${why} Go on with: jidoka andon watch ${andon.id}`,
    })
  },
})

/** The new channel, or the one that an earlier try made, for what `key` refers to; or why there is none. */
export async function create(
  { name, private: isPrivate }: Pick<SlackMessage<'room'>, 'name' | 'private'>,
  key: string,
  tools: SlackTools,
): Promise<{ channel: string; name: string } | SlackTrouble> {
  for (let n = 1; n <= namesMost; n++) {
    const wanted = numbered(name, n)
    try {
      const { channel } = await tools.call('conversations.create', { name: wanted, is_private: isPrivate }, { patienceMs })
      return { channel: channel.id, name: wanted }
    } catch (error) {
      if (!(error instanceof SlackTrouble) || error.trouble.kind === 'away') throw error
      if (refusalOf(error) !== 'name_taken') return error
      const own = await tools.ownRoom(wanted)
      if (own && (await isFree(own, key, tools))) return { channel: own, name: wanted }
    }
  }
  return new SlackTrouble('conversations.create', undefined, { kind: 'refused', error: 'name_taken', detail: '', errors: [] })
}

/** Not the room of another andon, or of a lane. */
const isFree = async (channel: string, key: string, tools: SlackTools) =>
  !(await tools.referring(channel)).some((other) => /^slack:(room|sub)\//.test(other) && other !== key)

/** `C…/ts` of the thread; null: there is none either. */
async function threadFor(andon: Andon, tools: SlackTools): Promise<string | null> {
  const key = keys.announce(andon.id)
  const announced = await tools.reference(key)
  if (announced) return announced === nowhere ? null : announced
  // Posted by a lane of its own.
  if (!andon.private) {
    if (await tools.waits(laneOfAnnounce(andon.id))) throw new NotYet('the announcement')
    // It may have been posted between the two looks.
    const posted = await tools.reference(key)
    return posted === nowhere ? null : posted || null
  }
  const users = andon.reporters.flatMap(({ person }) => slackIdOf(person, tools.people) ?? [])
  if (users.length === 0) return null
  try {
    const { channel } = await tools.call('conversations.open', { users: [...new Set(users)].slice(0, groupMost).join(',') })
    return await tools.post(key, { channel: channel.id, thread: null }, () => announceOf(andon, tools.env(andon)))
  } catch (error) {
    if (refusalOf(error) === null) throw error
    return null
  }
}

/** The andon knows its room from now on. */
async function tell(andon: Andon, ref: string, name: string, tools: SlackTools): Promise<void> {
  const { channel, thread } = placeOf(ref)
  const url = linkTo(channel, thread, tools)
  if (andon.room?.url === url) return
  await tools.command(andon.id, 'room', { name, url, kind: thread === null ? 'room' : 'thread' })
}

export function linkTo(channel: string, thread: string | null, tools: Pick<SlackTools, 'self'>): string {
  const url = tools.self()?.url
  if (!url) return `https://slack.com/app_redirect?channel=${channel}`
  return `${url}archives/${channel}${thread === null ? '' : `/p${thread.replace('.', '')}`}`
}
