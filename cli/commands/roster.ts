import { systemClock } from '../../core/clock.ts'
import { defineCommand, forScripts } from '../define.ts'

export const roster = defineCommand('roster', {
  summary: 'Who is on call, with phone numbers; works without network and controller',
  setup(command, cli, run) {
    forScripts(command.option('--data <folder>', 'data folder with the roster (default: .jidoka)')).action(
      run(async (options: { data?: string; json?: boolean }) => {
        const { readRoster, rosterText } = await import('../../bots/pager/roster.ts')
        const found = await readRoster(cli.dataOf(options))
        if (options.json) cli.json(found)
        else cli.out(rosterText(found, systemClock.now()))
        return 0
      }),
    )
  },
})
