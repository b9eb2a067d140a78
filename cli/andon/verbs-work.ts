import { numberOption } from '../options.ts'
import { asTime, asWords, inquiryOf, itemOf, laneOf, needed, one, optional, type Verb } from './typed.ts'

/** Lanes, inquiries and kaizen items. */
export const workVerbs: readonly Verb[] = [
  {
    words: 'lane open',
    usage: '<title...>',
    summary: 'Open a line of work beside the others',
    options: [['--kind <kind>', 'logs, carrier, range, mitigation, comms, ...']],
    which: 'open',
    order: (typed, given) => ({ path: 'lanes', body: { title: needed(typed, 'what is to be found out'), kind: asWords(given, 'kind') } }),
  },
  {
    words: 'lane take',
    usage: '<lane>',
    summary: 'Work on a lane, and report back in time',
    options: [['--minutes <n>', 'until you report']],
    which: 'open',
    order(typed, given, andon) {
      const { id } = laneOf(typed, andon)
      const minutes = asWords(given, 'minutes')
      return {
        path: `lanes/${id}/take`,
        body: { minutes: minutes === undefined ? undefined : numberOption(minutes, '--minutes', 1, 1_440) },
      }
    },
  },
  {
    words: 'lane report',
    usage: '<lane> <words...>',
    summary: 'Tell what you found',
    which: 'open',
    order(typed, _, andon) {
      const { id, rest } = laneOf(typed, andon)
      return { path: `lanes/${id}/report`, body: { text: needed(rest, 'what you found') } }
    },
  },
  {
    words: 'lane done',
    usage: '<lane> <outcome...>',
    summary: 'End a lane with what came of it',
    which: 'open',
    order(typed, _, andon) {
      const { id, rest } = laneOf(typed, andon)
      return { path: `lanes/${id}/done`, body: { outcome: needed(rest, 'what came of it') } }
    },
  },
  {
    words: 'lane hand',
    usage: '<lane> <person...>',
    summary: 'Hand a lane over',
    which: 'open',
    order(typed, _, andon) {
      const { id, rest } = laneOf(typed, andon)
      return { path: `lanes/${id}/hand`, body: { person: needed(rest, 'who takes it') } }
    },
  },
  {
    words: 'lane room',
    usage: '<lane>',
    summary: 'A room of its own for a lane, when many are in it',
    which: 'open',
    order: (typed, _, andon) => ({ path: `lanes/${laneOf(typed, andon).id}/room`, body: {} }),
  },
  {
    words: 'inquiry send',
    usage: '<carrier> [symptom...]',
    summary: 'Ask a carrier; the text is written for you',
    options: [
      ['--from <time>', 'since when, like 10:20'],
      ['--until <time>', 'until when'],
      ['--text <words>', 'your own text instead'],
    ],
    which: 'open',
    order: ([carrier, ...symptom], given, _, now) => ({
      path: 'inquiries',
      body: {
        carrier: one(carrier ? [carrier] : [], 'who is asked'),
        symptom: optional(symptom),
        from: asTime(given, 'from', '--from', now, 'past'),
        until: asTime(given, 'until', '--until', now, 'past'),
        text: asWords(given, 'text'),
      },
    }),
  },
  {
    words: 'inquiry answer',
    usage: '<inquiry> <words...>',
    summary: 'What they answered',
    options: [['--ticket <number>', 'their ticket number']],
    which: 'open',
    order(typed, given, andon) {
      const { id, rest } = inquiryOf(typed, andon)
      return { path: `inquiries/${id}/answer`, body: { text: needed(rest, 'what they answered'), ticket: asWords(given, 'ticket') } }
    },
  },
  {
    words: 'inquiry close',
    usage: '<inquiry>',
    summary: 'Nothing more is expected of them',
    which: 'any',
    order(typed, _, andon) {
      return { path: `inquiries/${inquiryOf(typed, andon).id}/close`, body: {} }
    },
  },
  {
    words: 'inquiry chased',
    usage: '<inquiry>',
    summary: 'They were asked again',
    which: 'open',
    order(typed, _, andon) {
      return { path: `inquiries/${inquiryOf(typed, andon).id}/chased`, body: {} }
    },
  },
  {
    words: 'kaizen add',
    usage: '<words...>',
    summary: 'What gets better after this',
    options: [
      ['--owner <person>', 'who does it'],
      ['--due <day>', 'until when, like 2026-11-30'],
      ['--runbook', 'make it a runbook'],
    ],
    which: 'any',
    order: (typed, given, _, now) => ({
      path: 'kaizen',
      body: {
        text: needed(typed, 'what gets better'),
        owner: asWords(given, 'owner'),
        due: asTime(given, 'due', '--due', now, 'coming'),
        kind: given.runbook ? 'runbook' : 'task',
      },
    }),
  },
  {
    words: 'kaizen done',
    usage: '<item> <result...>',
    summary: 'It is done, and what came of it',
    options: [['--dropped', 'it is not worth doing after all']],
    which: 'any',
    order(typed, given, andon) {
      const { id, rest } = itemOf(typed, andon)
      return {
        path: `kaizen/${id}/done`,
        body: { result: needed(rest, 'what came of it'), dropped: given.dropped === true ? true : undefined },
      }
    },
  },
  {
    words: 'kaizen hand',
    usage: '<item> <person...>',
    summary: 'Somebody else does it',
    options: [['--due <day>', 'until when, like 2026-11-30']],
    which: 'any',
    order(typed, given, andon, now) {
      const { id, rest } = itemOf(typed, andon)
      return { path: `kaizen/${id}/hand`, body: { owner: needed(rest, 'who does it'), due: asTime(given, 'due', '--due', now, 'coming') } }
    },
  },
]
