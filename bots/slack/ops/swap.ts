import { swapCard } from '../blocks/duty.ts'
import { keys } from '../message.ts'
import { defineSlackOp } from './define.ts'
import { talkTo } from './duty-dm.ts'

/** Somebody is asked to take over, with buttons until it is answered. */
export const swap = defineSlackOp('swap', {
  essential: false,
  run: ({ swap: id, to, event }, tools) =>
    talkTo(to, tools, (channel, locale) => tools.show(keys.swap(id), { channel, thread: null }, () => swapCard(id, event, locale, tools))),
})
