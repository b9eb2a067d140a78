import { askCard } from '../blocks/ask.ts'
import { keys } from '../message.ts'
import { defineSlackOp } from './define.ts'
import { talkTo } from './duty-dm.ts'

/** What the owner of a finding is asked, as a direct message; changed in place as it is answered, fixed or over. */
export const ask = defineSlackOp('ask', {
  essential: false,
  async run({ finding: id, ask: askId, to, event }, tools) {
    const finding = await tools.duties?.findings.get(id)
    if (!finding) return
    // Over before it was ever said: nobody needs to hear of it.
    if (finding.ask?.id !== askId && !(await tools.reference(keys.ask(askId)))) return
    await talkTo(to, tools, (channel, locale) =>
      tools.show(keys.ask(askId), { channel, thread: null }, () => askCard(finding, { ask: askId, event }, locale, tools)),
    )
  },
})
