import type { Out } from '../draw.ts'
import type { DutyEntries } from '../entries.ts'
import type { Digest, Hole, ItemDecision, ReviewFacts } from '../review.ts'
import type { DutyForm } from './form.ts'

const s = (n: number) => (n === 1 ? '' : 's')

/** English is the model: another language that lacks one of its words, or has one more, does not compile. */
export const en = {
  severity: { high: 'high', medium: 'medium', low: 'low' },
  why: { regressed: 'came back', new: 'new', overdue: 'overdue', returned: 'sent back', carried: 'left over', open: 'open' },
  decision: { ask: 'Ask', mute: 'Mute', wrong: 'Wrong', fix: 'Fix', later: 'Later' },
  answer: { 'will-do': 'Will do', done: 'Done', 'not-mine': 'Not mine', disagree: 'I disagree' },
  buttons: {
    end: 'End the review',
    accept: 'I take over',
    decline: 'No, sorry',
    absent: 'I am away',
    swap: 'Ask for a swap',
    send: 'Send',
    cancel: 'Cancel',
    fixSure: 'Start the runbook now?',
  },
  fields: {
    to: 'Who is asked',
    due: 'Due',
    words: 'Your words',
    reason: 'Why',
    until: 'Until',
    from: 'First day',
    untilDay: 'Last day',
    answerWords: 'Your words (who could know, why not, until when)',
    toSwap: 'Who takes over',
  },
  modal: {
    ask: 'Ask the owner',
    mute: 'Mute for a while',
    wrong: 'The check is wrong',
    later: 'Later',
    fix: 'Fix by runbook',
    answer: 'Answer',
    absent: 'I am away',
    swap: 'Ask for a swap',
  },
  nobody: 'nobody',
  perMonth: 'a month',
  seen: (first: string) => `first seen ${first}`,
  owner: (name: string, by: string) => `owner ${name} (${by})`,
  ownerBy: { ask: 'named by a person', tag: 'by its tag', catalogue: 'by the configuration', fallback: 'nobody else is known' },
  regressions: (n: number) => `came back ${n} time${s(n)}`,
  review: {
    title: (day: string) => `Review of ${day}`,
    onDuty: (names: string) => `On duty: ${names}`,
    nobodyOnDuty: 'Nobody is on duty: whoever reads this may decide.',
    items: (n: number, waiting: number) =>
      `${n} item${s(n)} to decide, the worst first${waiting > 0 ? `; ${waiting} more wait for another day` : ''}.`,
    nothing: 'Nothing to decide today.',
    progress: (decided: number, all: number, until: string) => `${decided} of ${all} decided · until ${until}`,
    over: (decided: number, carried: number, span: string) =>
      `Ended after ${span}: ${decided} decided${carried > 0 ? `, ${carried} left for the next review` : ''}. Thank you.`,
    undecided: 'left for the next review',
    how: { decided: 'all was decided', 'by-hand': 'ended by hand', clock: 'its time was over', nothing: 'there was nothing to decide' },
    gone: 'A scan has seen it fixed meanwhile.',
  },
  facts: {
    silent: (guardian: string, last: string | null, problem: string | null) =>
      `The guardian ${guardian} did not report${last === null ? '' : `; last heard ${last}`}${problem === null ? '' : `: ${problem}`}`,
    missed: (days: string) => `There was no review on ${days}: the controller was not running at its hour`,
    scans: ({ runs, opened, regressed, fixed }: ReviewFacts['scans']) =>
      runs === 0
        ? 'No scan since the last review.'
        : `${runs} scan${s(runs)} since the last review: ${opened} new, ${regressed} came back, ${fixed} fixed`,
    noHoles: (looked: string) => `${looked} resources looked at, nothing left out`,
    holes: (n: number, looked: string) => `${looked} resources looked at. Not looked at, in ${n} place${s(n)}:`,
    hole: ({ check, account, region, missing, resources }: Hole) =>
      `${check} in ${account} ${region}: ${missing === null ? 'not read to its end' : `no ${missing}`}${resources === null ? '' : ` (${resources} resource${s(resources)})`}`,
    moreHoles: (n: number) => `and ${n} more`,
    cost: (calls: string, usd: string, top: string | null) => `The scans made ${calls} calls for ${usd}${top === null ? '' : `; ${top}`}`,
    top: (call: string, share: string) => `${call} used ${share} of its limit`,
    open: (now: number, before: number | null, money: string) =>
      `${now} open${before === null || before === now ? '' : ` (${now > before ? '+' : '−'}${Math.abs(now - before)} in a week)`}, ${money} a month could be saved`,
    precision: (list: string) => `Checks that were wrong most often: ${list}`,
    precise: (check: string, share: string, decided: number) => `${check} ${share} right of ${decided}`,
    busFactor: (share: string, fixes: number) => `The two busiest people did ${share} of ${fixes} fixes`,
  },
  decided: (made: ItemDecision, by: string, to: string, form: DutyForm): string => {
    const words = made.words === null ? '' : `: ${form.text(made.words)}`
    switch (made.kind) {
      case 'ask':
        return `${by} asks ${to}${made.via === 'fallback' ? ' (nobody else is known for it)' : ''}${made.dueAt === null ? '' : `, due ${form.date(made.dueAt)}`}${words}${made.unreached ? ` – no message went out, please tell ${to}` : ''}`
      case 'mute':
        return `${by} muted it${made.until === null ? '' : ` until ${form.date(made.until)}`}${words}`
      case 'wrong':
        return `${by}: the check is wrong${words}`
      case 'fix':
        return `${by} approved the runbook ${made.runbook ?? ''}`.trim()
      case 'later':
        return `${by}: later${words}`
    }
  },
  minutes: {
    title: (day: string) => `Minutes of the review of ${day}`,
    present: 'On duty',
    time: 'Time',
    timeText: (from: string, to: string, span: string, how: string) => `${from} – ${to}, ${span}; ${how}`,
    goesOn: (from: string) => `${from}, it goes on`,
    facts: 'What we knew',
    decisions: 'Decisions',
    left: 'Left for the next review',
    none: 'None.',
  },
  digest: {
    title: (week: string) => `The week ${week}`,
    people: (names: string) => `On duty: ${names}. Thank you.`,
    decisions: ({ reviews, decisions, carried, minutes }: Digest) =>
      `${reviews} review${s(reviews)}, ${minutes} minutes: ${decisions.ask} asked, ${decisions.mute} muted, ${decisions.wrong} wrong, ${decisions.fix} fixed by runbook, ${decisions.later} later, ${carried} left over`,
    findings: ({ opened, fixed, open }: Digest) => `${opened} new or came back, ${fixed} fixed, ${open} open`,
    savings: (saved: string, open: string) => `Saved by what was fixed: ${saved} a month. Still to save: ${open} a month`,
    next: (week: string, names: string) => `Next week (${week}): ${names}`,
    notDrawn: 'The next week is not drawn yet.',
    missing: (n: number) => `${n} place${s(n)} could not be filled.`,
  },
  ask: {
    title: 'Please look at this',
    from: (by: string) => `${by} asks you, from the review of the guardians.`,
    via: {
      named: 'You were named for it.',
      owner: 'You are its owner.',
      team: 'It belongs to your team, and you are on call.',
      fallback: 'Nobody else is known for it. If you know whose it is, press “Not mine” and say so.',
    },
    why: 'Why it matters',
    fix: 'What to do',
    evidence: 'What was seen',
    due: (date: string) => `Due ${date}`,
    overdue: (date: string) => `Was due ${date}`,
    words: (by: string, words: string) => `${by}: ${words}`,
    answered: (answer: string, by: string, at: string) => `${by} answered “${answer}”, ${at}`,
    fixed: (at: string) => `Seen fixed by the scan of ${at}. Thank you.`,
    over: 'Nothing more to do here: it was decided otherwise.',
    muted: 'Nothing more to do here: it is muted.',
    wrong: 'Nothing more to do here: the check was wrong.',
    anew: (to: string) => `Nothing more to do here: ${to} is asked now.`,
    reminder: (what: string, due: string) =>
      `A reminder: ${what} is due ${due}. If it is not yours or makes no sense, say so: that helps as well.`,
    overdueReminder: (what: string, due: string) => `A reminder: ${what} was due ${due}. What is in the way? A word is enough.`,
    unconfirmed: (what: string, at: string) =>
      `The scan of ${at} still sees ${what}. Perhaps it takes a while, or something is left over: could you look once more? Nobody minds.`,
    closed: (what: string) => `Seen fixed: ${what}. Thank you!`,
    thanks: {
      'will-do': 'Thank you. You are left alone until it is due.',
      done: 'Thank you! The next scan looks at it.',
      'not-mine': 'Thank you for saying so. The next review finds out whose it is.',
      disagree: 'Thank you for saying so. The next review looks at it again.',
    },
  },
  home: {
    onDuty: (names: string) => `This week: ${names}`,
    next: (names: string) => `Next week: ${names}`,
    nextAt: (at: string) => `The next week is drawn ${at}`,
    noDuty: 'No week is drawn.',
  },
  swap: {
    asked: (from: string, days: string) => `${from} asks whether you take over duty, ${days}. Either answer is fine.`,
    drawn: (week: string, days: string) =>
      `You are on duty in ${week}: ${days}. If it does not fit, ask somebody for a swap, or say that you are away.`,
    stepIn: (person: string, days: string) =>
      `${person} is away, and you were drawn to step in: ${days}. If it does not fit, ask somebody for a swap.`,
  },
  out: (out: Out): string => {
    switch (out.why) {
      case 'away':
        return `away on ${out.days} of ${out.of} days`
      case 'twice-running':
        return 'on duty in a week beside it'
      case 'zone':
        return `the review would be at ${out.time} in ${out.zone}`
      case 'ahead':
        return `${out.weeks} weeks ahead of the others`
    }
  },
  draw: {
    title: (week: string, days: string, seed: string) => `${week}, ${days}; seed "${seed}"`,
    how: 'number = first 48 bits of SHA-256 of SEED/WEEK/PERSON as a share of 2^48; ticket = -ln(1 - number) / weight; the smallest are drawn',
    missing: (n: number) => `${n} place${s(n)} could not be filled: there is nobody left.`,
    holidays: 'No working day in this week: nobody is drawn.',
    drawn: { newcomer: 'drawn (newcomer)', experienced: 'drawn (knows it)', drawn: 'drawn', filled: 'drawn (too few others)' },
    credited: (n: number) => `${n} shifts credited`,
    notYet: 'Not drawn yet: as it would be drawn now.',
  },
  tells: {
    'duty.drawn': ({ week, people, missing, days, by }: DutyEntries['duty.drawn'], f: DutyForm) =>
      people.length === 0
        ? `Nobody is on duty in ${week}.`
        : `On duty in ${week} (${f.days(days)}): ${f.names(people)}.${missing > 0 ? ` ${missing} place${s(missing)} could not be filled.` : ''}${by ? ` Drawn by ${f.name(by)}.` : ''}`,
    'duty.swap-asked': ({ from, to, days }: DutyEntries['duty.swap-asked'], f: DutyForm) =>
      `${f.name(from)} asks ${f.name(to)} to take over, ${f.days(days)}.`,
    'duty.swap-ended': ({ from, to, days, status }: DutyEntries['duty.swap-ended'], f: DutyForm) =>
      ({
        swapped: `${f.name(to)} takes over from ${f.name(from)}, ${f.days(days)}.`,
        declined: `${f.name(to)} cannot take over from ${f.name(from)}, ${f.days(days)}.`,
        withdrawn: `${f.name(from)} no longer asks ${f.name(to)} for a swap.`,
        expired: `Nobody answered whether ${f.name(to)} takes over from ${f.name(from)}; it is too late now.`,
      })[status],
    'duty.absent': ({ person, from, until }: DutyEntries['duty.absent'], f: DutyForm) =>
      `${f.name(person)} is away, ${f.days([from, until])}.`,
    'duty.present': ({ person, from, until }: DutyEntries['duty.present'], f: DutyForm) =>
      `${f.name(person)} is not away after all, ${f.days([from, until])}.`,
    'duty.replaced': ({ person, in: by, days }: DutyEntries['duty.replaced'], f: DutyForm) =>
      by
        ? `${f.name(by)} steps in for ${f.name(person)}, ${f.days(days)}.`
        : `Nobody is left to step in for ${f.name(person)}, ${f.days(days)}.`,
    'review.opened': ({ items, waiting, late }: DutyEntries['review.opened'], _f: DutyForm) =>
      `The review is open${late ? ' (late)' : ''}: ${items} item${s(items)}${waiting > 0 ? `, ${waiting} more wait` : ''}.`,
    'review.missed': ({ day }: DutyEntries['review.missed'], f: DutyForm) =>
      `There was no review on ${f.day(day)}: the controller was not running at its hour. The next one takes up what is open.`,
    'review.reminder': ({ leftMs, undecided }: DutyEntries['review.reminder'], f: DutyForm) =>
      `${f.span(leftMs)} left, ${undecided} item${s(undecided)} undecided. What is left comes back in the next review.`,
    'review.decided': ({ item, decision, by }: DutyEntries['review.decided'], f: DutyForm) => `Item ${item}: ${decision} (${f.name(by)}).`,
    'review.ended': ({ how, decided, carried, lastedMs }: DutyEntries['review.ended'], f: DutyForm) =>
      how === 'nothing'
        ? 'Nothing to decide today. Have a good day.'
        : `The review has ended after ${f.span(lastedMs)}: ${decided} decided${carried > 0 ? `, ${carried} left for the next one` : ''}. Thank you.`,
    'review.digest': ({ week }: DutyEntries['review.digest'], _f: DutyForm) => `The week ${week} in numbers.`,
  },
}
