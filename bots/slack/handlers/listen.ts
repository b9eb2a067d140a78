import { wordsOf } from '../../andon/words.ts'
import { quote, said } from '../blocks/escape.ts'
import { helpOf, listOf } from '../blocks/help.ts'
import { actions, button, section } from '../blocks/parts.ts'
import type { Incoming, Surface } from '../define.ts'
import { knownOf, plainMessage, tellRefusal } from './act.ts'
import { doingOf } from './doing.ts'
import { plainOf } from './plain.ts'
import { pullNow } from './pulling.ts'
import { hear } from './speak.ts'
import { readSpoken } from './spoken.ts'
import { andonAt } from './where.ts'

export interface Said {
  /** As Slack sent them, without the bot's name. */
  words: string
  channel: string
  ts: string
  thread: string | undefined
}

/** What somebody said to the bot. A pull is said with the word; other words are asked about, as talk about the bot is no pull. */
export async function listen(surface: Surface, incoming: Incoming<'event'>, { words, channel, thread }: Said): Promise<void> {
  const known = await knownOf(surface, incoming)
  const { locale } = known.actor
  const wrote = plainOf(words, surface.who.nameOf)
  try {
    if (words === '' || /^help$/i.test(words)) return await incoming.tell(helpOf(locale))
    if (/^list$/i.test(words)) return await incoming.tell(await listOf(surface, known.actor))
    const pull = /^(?:pull|アンドン|引く)(?:[\s:、。]+([\s\S]*))?$/i.exec(words)
    if (pull) return await incoming.tell((await pullNow(surface, { text: pull[1] ?? '', known, key: incoming.key })).answer)
    const andon = readSpoken(words) ? await andonAt(surface, channel, thread) : null
    const heard = andon && (await hear(surface, words, andon))
    const doing = heard && doingOf(surface, heard.command)
    if (!heard || !doing) return await incoming.tell(offer(wrote, locale))
    const { answer } = await doing.run(andon.id, heard.input, known.actor)
    if (answer) await incoming.tell(plainMessage(said(answer)))
  } catch (error) {
    await tellRefusal(surface, incoming, known, error, wrote)
  }
}

/** One click makes a pull of it. */
function offer(wrote: string, locale: 'en' | 'ja') {
  const { help, pull } = wordsOf(locale)
  const pullButton = { ...button('pull', null, locale, { style: 'danger' }), value: JSON.stringify({ text: wrote.slice(0, 300) }) }
  return { text: help.title, blocks: [section(`*${help.title}*\n${quote(wrote, 1_500)}`), actions([pullButton]), section(pull.noFault)] }
}
