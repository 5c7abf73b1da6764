/** WebTorrent's HTTP and service-worker servers: media has a door of its own. */
export class NodeServer {}
export class BrowserServer {}
