import { numberOption } from '../options.ts'
import { asTime, asWords, needed, one, optional, usage, type Verb } from './typed.ts'
import { workVerbs } from './verbs-work.ts'

/** All that can be said of an andon in a line. */
export const verbs: readonly Verb[] = [
  {
    words: 'join',
    usage: '<words...>',
    summary: 'I see it too: what do you see?',
    which: 'open',
    order: (typed) => ({ path: 'join', body: { text: needed(typed, 'what you see') } }),
  },
  {
    words: 'escalate',
    usage: '[reason...]',
    summary: 'It is real: red, everybody is called',
    which: 'open',
    order: (typed) => ({ path: 'escalate', body: { reason: optional(typed) } }),
  },
  {
    words: 'lead',
    usage: '[person]',
    summary: 'Take the lead, or hand it over',
    options: [['--note <words>', 'what whoever takes over should know']],
    which: 'open',
    order: (typed, given) => ({ path: 'lead', body: { person: optional(typed), note: asWords(given, 'note') } }),
  },
  {
    words: 'role',
    usage: '<lead|scribe|comms> [person]',
    summary: 'Who takes notes, who tells others',
    options: [
      ['--nobody', 'give it up'],
      ['--note <words>', 'what whoever takes over should know'],
    ],
    which: 'open',
    order: ([role, ...person], given) => ({
      path: 'role',
      body: {
        role: one(role ? [role] : [], 'lead, scribe or comms'),
        person: given.nobody ? null : optional(person),
        note: asWords(given, 'note'),
      },
    }),
  },
  {
    words: 'component',
    usage: '<component>',
    summary: 'What it is about, when the guess was wrong',
    which: 'open',
    order: (typed) => ({ path: 'component', body: { component: one(typed, 'the component') } }),
  },
  {
    words: 'severity',
    usage: '<1-4>',
    summary: 'How bad it is; later, or never',
    which: 'any',
    order: (typed) => ({ path: 'severity', body: { severity: numberOption(one(typed, 'a severity, 1 to 4'), 'severity', 1, 4) } }),
  },
  {
    words: 'private',
    usage: '[on|off]',
    summary: 'Only for those who are invited',
    which: 'open',
    order: (typed) => ({ path: 'private', body: { private: onOff(typed) } }),
  },
  {
    words: 'update',
    usage: '<words...>',
    summary: 'Tell how it stands',
    options: [['--to <audience>', 'room, everyone or customers (default: everyone)']],
    which: 'open',
    order: (typed, given) => ({
      path: 'update',
      body: { text: needed(typed, 'how it stands'), audience: asWords(given, 'to') ?? 'everyone' },
    }),
  },
  {
    words: 'note',
    usage: '<words...>',
    summary: 'Put a note on the timeline',
    options: [['--at <time>', 'when it happened, like 10:32']],
    which: 'any',
    order: (typed, given, _, now) => ({
      path: 'note',
      body: { text: needed(typed, 'a few words'), at: asTime(given, 'at', '--at', now, 'past') },
    }),
  },
  {
    words: 'told',
    usage: '<segment...>',
    summary: 'The customers of a segment were told',
    which: 'any',
    order: (typed) => ({ path: 'told', body: { segment: needed(typed, 'which segment') } }),
  },
  {
    words: 'resolve',
    usage: '[how...]',
    summary: 'End it, and say how it was mended',
    options: [
      ['--how <words>', 'how it was mended'],
      ['--cause <words>', 'the cause, if known'],
      ['--false-alarm', 'nothing was wrong: that was good practice'],
    ],
    which: 'open',
    order(typed, given) {
      const how = asWords(given, 'how') ?? optional(typed) ?? (given.falseAlarm ? 'Nothing was wrong' : undefined)
      if (how === undefined) throw usage('Say how it was mended: --how "…".', 'Nothing was changed. Was nothing wrong? --false-alarm')
      return { path: 'resolve', body: { how, cause: asWords(given, 'cause'), falseAlarm: given.falseAlarm === true ? true : undefined } }
    },
  },
  {
    words: 'reopen',
    usage: '<why...>',
    summary: 'It is not over',
    which: 'ended',
    order: (typed) => ({ path: 'reopen', body: { why: needed(typed, 'what is still wrong') } }),
  },
  {
    words: 'thank',
    usage: '<whom...>',
    summary: 'Say thank you',
    which: 'any',
    order: (typed) => ({ path: 'thank', body: { to: needed(typed, 'whom you thank') } }),
  },
  {
    words: 'keep',
    usage: '',
    summary: 'Keep the room from being archived',
    options: [['--days <n>', 'for so many days (default: 30)']],
    which: 'ended',
    order: (_, given) => ({ path: 'keep', body: { days: numberOption(asWords(given, 'days') ?? '30', '--days', 1, 3_650) } }),
  },
  {
    words: 'split',
    usage: '<words...>',
    summary: 'Make a matter of its own out of it',
    options: [['--component <id>', 'what it is about']],
    which: 'open',
    order: (typed, given) => ({
      path: 'split',
      body: { text: needed(typed, 'what is another matter'), component: asWords(given, 'component') },
    }),
  },
  {
    words: 'approve',
    usage: '<runbook>',
    summary: 'Carry out a runbook that the automatic refused',
    options: [['--member <id>', 'the member to touch']],
    which: 'open',
    order: (typed, given) => ({ path: 'approve', body: { runbook: one(typed, 'which runbook'), member: asWords(given, 'member') } }),
  },
  {
    words: 'retry',
    usage: '<runbook>',
    summary: 'Try a runbook again',
    options: [['--member <id>', 'the member to touch']],
    which: 'open',
    order: (typed, given) => ({ path: 'retry', body: { runbook: one(typed, 'which runbook'), member: asWords(given, 'member') } }),
  },
  {
    words: 'stop',
    usage: '<reason...>',
    summary: 'Switch automation off for its component',
    which: 'open',
    order: (typed) => ({ path: 'stop', body: { reason: needed(typed, 'why') } }),
  },
  ...workVerbs,
]

function onOff(typed: readonly string[]): boolean {
  const word = typed.length === 0 ? 'on' : one(typed, 'on or off')
  if (word !== 'on' && word !== 'off') throw usage(`Say on or off, not "${word}".`)
  return word === 'on'
}
