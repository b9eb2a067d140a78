import { askSaid } from '../blocks/ask.ts'
import { keys, placeOf } from '../message.ts'
import { defineSlackOp } from './define.ts'
import { talkTo } from './duty-dm.ts'

/** A reminder, thanks, or that a scan still sees it: below what was asked. */
export const askLine = defineSlackOp('ask-line', {
  essential: false,
  async run({ finding: id, ask: askId, to, event }, tools) {
    const finding = await tools.duties?.findings.get(id)
    const card = await tools.reference(keys.ask(askId))
    if (!finding || !card) return
    await talkTo(to, tools, async (_channel, locale) => {
      const text = askSaid(finding, event, locale, tools)
      if (text) await tools.post(keys.dm(event.seq, to), placeOf(card), () => ({ text }))
    })
  },
})
