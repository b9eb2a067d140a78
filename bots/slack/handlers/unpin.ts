import { house } from '../../andon/ports.ts'
import { ask } from '../calls.ts'
import { defineSlackHandler } from '../define.ts'
import { isPin, type Reaction } from './pin.ts'
import { personRef } from './speak.ts'
import { forgetNote, pinnedOn, refOf } from './where.ts'

/** The last pushpin is taken away: the timeline says that the note was taken back. */
export const unpin = defineSlackHandler('unpin', {
  kind: 'event',
  match: ['reaction_removed'],
  when: isPin,
  scopes: ['reactions:read'],
  events: ['reaction_removed'],
  help: 'taking the pushpin away takes the note back',
  async run(incoming, surface) {
    const { user, item } = incoming.body.event as unknown as Reaction
    const andons = await pinnedOn(surface, item.channel, item.ts)
    if (andons.length === 0) return
    const left = await ask(surface.web, 'reactions.get', { channel: item.channel, timestamp: item.ts, full: true })
    const reactions = left.ok ? (left.result.message?.reactions ?? []) : []
    if (reactions.some(({ name, count }) => isPin({ reaction: name, item }) && count > 0)) return
    const person = await personRef(surface, user, 'person')
    for (const { id } of andons) {
      await surface.desk.command(id, 'note-changed', { ref: refOf(item.channel, item.ts), text: null, person }, house)
      await forgetNote(surface, id, item.channel, item.ts)
    }
  },
})
