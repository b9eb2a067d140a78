// biome-ignore-all lint/suspicious/noTemplateCurlyInString: source text is named here, not filled in
import { type Chapter, tests } from '../define.ts'

const keeping = 'infra/main/guardians.ts'
const kept = (only: string) => [tests('infra/main/guardians.test.ts', only)]
const scheduling = 'infra/main/schedule.ts'
const schedule = (only: string) => [tests('infra/main/schedule.test.ts', only)]
const silent = 'one that does not report is a finding, takes no other with it'

export const keeper: Chapter = {
  title: 'Who guards the guardians, and who says that it is done',
  defences: [
    {
      id: 'guardian-that-fails-is-alone',
      title: 'One guardian fails, and what all the others have seen is thrown away.',
      file: keeping,
      find: 'heard.push({ id, problem: causeChain(error) })',
      replace: 'throw error',
      killedBy: kept(silent),
    },
    {
      id: 'silence-is-a-finding',
      title: 'A guardian reports no more, and nobody notices that nothing is looked at.',
      file: keeping,
      find: '[...heard, ...others])',
      replace: '[])',
      killedBy: kept(silent),
    },
    {
      id: 'silence-of-others-stays',
      title: 'One guardian is run by hand, and the silence of another counts as over.',
      file: keeping,
      find: '[...heard, ...others])',
      replace: '[...heard])',
      killedBy: kept('one that reports by hand takes back its own silence, and no other'),
    },
    {
      id: 'silence-is-tried-again',
      title: 'A guardian that did not come up once is left alone until the next day.',
      file: keeping,
      find: 'if (silent.length > 0) retry =',
      replace: 'if (silent.length < 0) retry =',
      killedBy: kept(silent),
    },
    {
      id: 'silence-pages',
      title: 'A guardian is silent at its second try as well, and nobody is called.',
      file: keeping,
      find: 'if (silent.length === 0) return',
      replace: 'if (silent.length >= 0) return',
      killedBy: kept(silent),
    },
    {
      id: 'second-try-outlives-us',
      title: 'The controller is restarted after a silence, and the second try with its page never comes.',
      file: keeping,
      find: 'if (silent.length === 0 || clock.now() > due + hours(20)) return',
      replace: 'return',
      killedBy: kept('a controller that ended before the second try makes it when it is back'),
    },
    {
      id: 'guardian-looks-once-at-a-time',
      title: 'Two people ask at once, and the account is read twice at the same time.',
      file: keeping,
      find: 'if (busy.length > 0)',
      replace: 'if (busy.length < 0)',
      killedBy: kept('asked by hand it looks at once, and not twice at the same time'),
    },
    {
      id: 'lambda-error-is-no-report',
      title: 'A Lambda ran out of its time, and nobody is told why there is no report.',
      file: 'infra/main/invoke.ts',
      find: 'if (answer.FunctionError !== undefined) throw',
      replace: 'if (answer.FunctionError === "") throw',
      killedBy: [tests('infra/main/invoke.test.ts', 'a function that fails is a guardian that did not report')],
    },
    {
      id: 'report-is-held-to-its-schema',
      title: 'Whatever a Lambda answers is taken in as a report.',
      file: 'infra/main/invoke.ts',
      find: 'if (!report.success) throw failed',
      replace: 'if (!report.success) return parsed(text) as Report; if (!report.data) throw failed',
      killedBy: [tests('infra/main/invoke.test.ts', 'an answer that is no report is a guardian that did not report')],
    },
    {
      id: 'shards-come-to-an-end',
      title: 'A Lambda that never comes to its end is invoked for ever, and each time is paid.',
      file: 'infra/main/invoke.ts',
      find: 'if (shards.length >= shardsMax) throw',
      replace: 'if (shards.length < 0) throw',
      killedBy: [tests('infra/main/invoke.test.ts', 'one that never comes to its end is stopped')],
    },
    {
      id: 'undelivered-report-is-told',
      title: 'A Lambda sends its report, nobody takes it, and the run counts as a good one.',
      file: 'infra/main/deliver-report.ts',
      find: 'if (!answer.ok) throw',
      replace: 'if (answer.status < 0) throw',
      killedBy: [tests('infra/main/deliver-report.test.ts', 'a report that nobody takes is a run that failed, not a good one')],
    },
    {
      id: 'one-of-two-controllers-runs-it',
      title: 'Each controller runs the guardians at their hour, and everything is read twice.',
      file: scheduling,
      find: 'if (byKey && byKey.data.dueAt >= dueAt) return',
      replace: 'if (byKey && byKey.data.dueAt < 0) return',
      killedBy: schedule('of two controllers on one store one runs it'),
    },
    {
      id: 'missed-hour-is-made-up-for',
      title: 'A controller that was down at the hour leaves a whole day without a look.',
      file: scheduling,
      find: 'else if (missed !== null && missed > last &&',
      replace: 'else if (missed === null && last < 0 &&',
      killedBy: schedule('a controller that was down at that time does it once when it is back'),
    },
    {
      id: 'too-late-is-too-late',
      title: 'A controller comes back after a day, and does at noon what was meant for the night.',
      file: scheduling,
      find: 'at > now - withinMs;',
      replace: 'at > now - 10 * 86_400_000;',
      killedBy: schedule('a day too late is too late; and its first start missed nothing'),
    },
    {
      id: 'first-start-missed-nothing',
      title: 'The first start at noon believes that it has missed the morning, and runs at once.',
      file: scheduling,
      find: 'if (last === null) await take(',
      replace: 'if (last === null && missed !== null) await work(job, missed); else if (last === null) await take(',
      killedBy: schedule('a day too late is too late; and its first start missed nothing'),
    },
    {
      id: 'scans-alone-close',
      title: 'Somebody says that it is done, and it counts as fixed although it is still there.',
      file: 'guardians/findings/deciding.ts',
      find: 'return { kept: { ...kept, ask }, tell: [told] }',
      replace: "return { kept: { ...kept, ask, status: kind === 'done' ? 'fixed' : kept.status }, tell: [told] }",
      killedBy: decided('an ask goes to its owner, is answered, and closes itself by the scan that saw the fix'),
    },
    {
      id: 'done-has-to-be-seen',
      title: 'Somebody says that it is done, the next scan still sees it, and nobody is asked again.',
      file: 'guardians/findings/seen.ts',
      find: "before.ask?.answer?.kind === 'done' && before.ask.answer.at < startedAt",
      replace: 'startedAt < 0',
      killedBy: decided('what was said to be done and is still there is asked about again, once'),
    },
    {
      id: 'done-is-not-doubted-too-early',
      title: 'A scan that began before somebody mended it tells them that they did not.',
      file: 'guardians/findings/seen.ts',
      find: "kind === 'done' && before.ask.answer.at < startedAt",
      replace: "kind === 'done'",
      killedBy: decided('an answer that came while the scan was under way is not doubted by it'),
    },
  ],
}

function decided(only: string) {
  return [tests('guardians/findings/desk.test.ts', `decisions about findings on SQLite in memory ${only}`)]
}
