import { cardOf } from '../blocks/card.ts'
import { keys } from '../message.ts'
import { defineSlackOp } from './define.ts'
import { isArchived } from './line.ts'

/** The card of a room, as it stands now. */
export const card = defineSlackOp('card', {
  essential: true,
  async run({ andon: id }, tools) {
    const place = await tools.place(id)
    const andon = await tools.andon(id)
    if (!place || !andon || isArchived(andon)) return
    await tools.show(keys.card(id), place, () => cardOf(andon, tools.env(andon)))
  },
})
