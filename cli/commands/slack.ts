import { fault } from '../../core/errors.ts'
import { defineCommand } from '../define.ts'

export const slack = defineCommand('slack', {
  summary: 'Set up the Slack app',
  setup(command, cli, run) {
    command
      .command('manifest')
      .description('Print the app manifest: api.slack.com/apps, Create New App, From a manifest')
      .option('--http <url>', 'Slack calls us at this address (https://...); by default we call Slack (Socket Mode)')
      .action(
        run(async ({ http }: { http?: string }) => {
          if (http !== undefined && URL.parse(http)?.protocol !== 'https:')
            throw fault('usage', {
              problem: `--http must be an address that begins with https://, got "${http}".`,
              hint: 'Slack calls nothing else.',
            })
          const { manifest } = await import('../../bots/slack/manifest.ts')
          cli.json(manifest(http === undefined ? { mode: 'socket' } : { mode: 'http', url: http }))
          return 0
        }),
      )
  },
})
