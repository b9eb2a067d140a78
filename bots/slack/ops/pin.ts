import { keys, laneOfRoom, placeOf } from '../message.ts'
import { defineSlackOp, NotYet, tolerating } from './define.ts'

/** Pins the card: the way back to it from anywhere in the room. */
export const pin = defineSlackOp('pin', {
  essential: false,
  async run({ andon: id }, tools) {
    const place = await tools.place(id)
    if (!place || place.thread !== null) return
    const card = await tools.reference(keys.card(id))
    if (!card) {
      // Its first one is made by the lane of the room; when that has nothing left, there will be none.
      if (await tools.waits(laneOfRoom(id))) throw new NotYet('the card')
      return
    }
    const { channel, thread: timestamp } = placeOf(card)
    await tolerating(['already_pinned', 'message_not_found'], () => tools.call('pins.add', { channel, timestamp }))
  },
})
