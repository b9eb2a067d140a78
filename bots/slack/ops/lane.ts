import { laneOf } from '../blocks/lane.ts'
import { keys } from '../message.ts'
import { defineSlackOp } from './define.ts'
import { isArchived } from './line.ts'
import { showSubCard } from './sub-room.ts'

/** The card of one lane, as it stands now; replies to it are its reports. */
export const lane = defineSlackOp('lane', {
  essential: true,
  async run({ andon: id, lane: laneId }, tools) {
    const place = await tools.place(id)
    const andon = await tools.andon(id)
    const found = andon?.lanes.find((one) => one.id === laneId)
    if (!place || !andon || !found || isArchived(andon)) return
    await tools.show(keys.lane(id, laneId), place, () => laneOf(andon, found, tools.env(andon)))
    await showSubCard(id, laneId, tools)
  },
})
