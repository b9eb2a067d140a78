/** Where Slack sends everything in HTTP mode: events, commands, clicks. */
export const slackPath = '/slack/events'
