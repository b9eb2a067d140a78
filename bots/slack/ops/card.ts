import { cardOf } from '../blocks/card.ts'
import { keys, laneOfRoom } from '../message.ts'
import { defineSlackOp, NotYet } from './define.ts'
import { isArchived } from './line.ts'

/** The card of a room, as it stands now. */
export const card = defineSlackOp('card', {
  essential: true,
  async run({ andon: id }, tools) {
    const place = await tools.place(id)
    const andon = await tools.andon(id)
    if (!place || !andon || isArchived(andon)) return
    // Where everybody reads, nothing newer is shown of what has turned private meanwhile.
    if (andon.private && (await tools.reference(keys.hidden(id))) !== (await tools.reference(keys.room(id)))) return
    // The first one is posted by the lane of the room alone: two that look at the same time would both find none.
    const posted = (await tools.reference(keys.card(id)))?.startsWith(`${place.channel}/`)
    if (!posted && tools.lane !== laneOfRoom(id) && (await tools.waits(laneOfRoom(id)))) throw new NotYet('the card')
    await tools.show(keys.card(id), place, () => cardOf(andon, tools.env(andon)))
  },
})
