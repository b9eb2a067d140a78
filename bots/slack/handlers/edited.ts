import { house } from '../../andon/ports.ts'
import { defineSlackHandler } from '../define.ts'
import { plainOf } from './plain.ts'
import { personRef } from './speak.ts'
import { forgetNote, pinnedOn, refOf } from './where.ts'

interface Change {
  subtype?: string
  channel: string
  deleted_ts?: string
  message?: { ts: string; text?: string; user?: string; edited?: { user?: string } }
  previous_message?: { ts: string; text?: string; user?: string }
}

/** A pinned message is edited or deleted: the timeline keeps what stood there, and tells what stands there now. */
export const edited = defineSlackHandler('edited', {
  kind: 'event',
  match: ['message'],
  when: (event) => ['message_changed', 'message_deleted'].includes((event as unknown as Change).subtype ?? ''),
  scopes: ['channels:history', 'groups:history'],
  events: ['message.channels', 'message.groups'],
  asksFirst: true,
  help: 'edits of pinned messages are followed',
  async run(incoming, surface) {
    const { subtype, channel, deleted_ts, message, previous_message } = incoming.body.event as unknown as Change
    const ts = subtype === 'message_deleted' ? deleted_ts : message?.ts
    // Slack tells of a preview that was added as of an edit.
    if (!ts || (subtype === 'message_changed' && message?.text === previous_message?.text)) return
    const text = subtype === 'message_deleted' ? null : plainOf(message?.text ?? '', surface.who.nameOf)
    const andons = await pinnedOn(surface, channel, ts)
    if (andons.length === 0 || !(await incoming.first())) return
    const by = message?.edited?.user ?? message?.user ?? previous_message?.user
    const person = by ? await personRef(surface, by, 'person') : undefined
    for (const { id } of andons) {
      await surface.desk.command(id, 'note-changed', { ref: refOf(channel, ts), text, ...(person ? { person } : {}) }, house)
      if (text === null) await forgetNote(surface, id, channel, ts)
    }
  },
})
