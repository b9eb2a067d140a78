import type { ActionsBlock, Button, ContextBlock, DividerBlock, HeaderBlock, Overflow, SectionBlock } from '@slack/types'
import type { Locale } from '../../andon/andon.ts'
import { wordsOf } from '../../andon/words.ts'
import { plain } from './escape.ts'
import { limits } from './limits.ts'

/** The few blocks that we use. Texts of people come in escaped (escape.ts); Slack itself is told to read nothing into them. */
const mrkdwn = (text: string) => ({ type: 'mrkdwn' as const, text, verbatim: true })
export const label = (text: string, max: number) => ({ type: 'plain_text' as const, text: plain(text, max), emoji: true })

export const header = (text: string): HeaderBlock => ({ type: 'header', text: label(text, limits.header) })
export const section = (text: string, accessory?: Button | Overflow): SectionBlock => ({
  type: 'section',
  text: mrkdwn(text),
  ...(accessory ? { accessory } : {}),
})
/** As many sections as these lines need. */
export function sections(all: readonly string[]): SectionBlock[] {
  const texts: string[] = []
  for (const one of all) {
    const last = texts.at(-1)
    if (last !== undefined && last.length + one.length + 1 <= limits.section) texts[texts.length - 1] = `${last}\n${one}`
    else texts.push(one)
  }
  return texts.map((text) => section(text))
}
export const context = (text: string): ContextBlock => ({ type: 'context', elements: [mrkdwn(text)] })
export const actions = (elements: (Button | Overflow)[]): ActionsBlock => ({ type: 'actions', elements })
export const divider: DividerBlock = { type: 'divider' }

/** What a button carries: which andon, and which part of it. */
export interface Aim {
  id: string
  lane?: string
  inquiry?: string
  item?: string
}

/** Words of commands are those of `words.commands`; `andon:` before them tells our buttons from others'. */
export const actionOf = (command: string) => `andon:${command}`
export const moreAction = 'andon:more'

interface ButtonOptions {
  style?: 'primary' | 'danger'
  /** Instead of the command's own. */
  words?: string
}

export function button(command: string, aim: Aim | null, locale: Locale, { style, words }: ButtonOptions = {}): Button {
  return {
    type: 'button',
    action_id: actionOf(command),
    text: label(words ?? buttonWords(command, locale), limits.button),
    ...(aim ? { value: JSON.stringify(aim) } : {}),
    ...(style ? { style } : {}),
  }
}

/** What does not fit beside the buttons; at most five. */
export const more = (commands: readonly string[], aim: Aim, locale: Locale): Overflow => ({
  type: 'overflow',
  action_id: moreAction,
  options: commands
    .slice(0, limits.overflow)
    .map((command) => ({ text: label(buttonWords(command, locale), limits.option), value: JSON.stringify({ do: command, ...aim }) })),
})

export const buttonWords = (command: string, locale: Locale): string => {
  const words: Readonly<Record<string, { button: string } | undefined>> = wordsOf(locale).commands
  return words[command]?.button ?? command
}

/** At most `max` lines, then how many more there are. */
export function lines<T>(items: readonly T[], max: number, render: (item: T) => string, locale: Locale): string[] {
  const shown = items.slice(0, max).map(render)
  return items.length > max ? [...shown, wordsOf(locale).card.more(items.length - max)] : shown
}
