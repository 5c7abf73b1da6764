/*
 * Every word a person reads, in English. Another language is another file of the same shape:
 * `export const de: Words = { … }`. Sentences that contain numbers are functions, so that a
 * language may count and order as it likes; numbers arrive formatted where they carry a unit.
 */

const count = (amount: number, one: string, many: string) =>
  `${amount.toLocaleString('en')} ${amount === 1 ? one : many}`

const peers = (amount: number) => count(amount, 'peer', 'peers')
const trackers = (amount: number) => count(amount, 'tracker', 'trackers')
const people = (amount: number) => count(amount, 'person', 'people')
const files = (amount: number) => count(amount, 'file', 'files')

export const en = {
  locale: 'en',

  app: {
    name: 'Chiral',
    main: 'Torrents',
    skip: 'Skip to the list',
  },

  units: {
    bytes: ['B', 'kB', 'MB', 'GB', 'TB', 'PB'],
    perSecond: (amount: string) => `${amount}/s`,
    fewSeconds: 'a few seconds',
    underAMinute: 'less than a minute',
    minutes: (minutes: number) => `${minutes} min`,
    hours: (hours: number) => `${hours} h`,
    hoursAndMinutes: (hours: number, minutes: number) => `${hours} h ${minutes} min`,
    days: (days: number) => count(days, 'day', 'days'),
    secondsAgo: (seconds: number) => (seconds < 5 ? 'just now' : `${seconds} s ago`),
    minutesAgo: (minutes: number) => `${minutes} min ago`,
    hoursAgo: (hours: number) => `${hours} h ago`,
    none: '–',
  },

  counts: { files, peers, trackers },

  state: {
    gettingListFrom: (amount: number) => `Getting the file list from ${peers(amount)}`,
    checking: (percent: string) => `Checking what is already here, ${percent}`,
    downloadingFrom: (amount: number) => `Downloading from ${peers(amount)}`,
    downloadingFromServer: 'Downloading from a web server',
    left: (sentence: string, time: string) => `${sentence}, ${time} left`,
    waitingForServer: 'Waiting for the web server to answer',
    waitingForPeers: (amount: number) => `Connected to ${peers(amount)}, waiting for data`,
    nothingTicked: 'No file is ticked',
    lookingAlone: 'Looking for peers: there is no tracker to ask',
    lookingInOverlay: 'Looking for peers in the overlay',
    asking: (amount: number) => `Looking for peers: asking ${trackers(amount)}`,
    noneAnswered: (amount: number) =>
      amount === 1
        ? 'Looking for peers: the tracker does not answer'
        : `Looking for peers: none of ${trackers(amount)} answers`,
    connecting: (amount: number) => `Found ${peers(amount)}, connecting`,
    answered: (answered: number, all: number) =>
      all === 1
        ? 'Looking for peers: the tracker answered'
        : `Looking for peers: ${answered} of ${trackers(all)} answered`,
    nobodyHasIt: (sentence: string) => `${sentence}, nobody has it right now`,
    someHaveIt: (sentence: string, amount: number) =>
      amount === 1
        ? `${sentence}, 1 peer has it but cannot be reached yet`
        : `${sentence}, ${peers(amount)} have it but none can be reached yet`,
    complete: 'Complete',
    wantedComplete: 'Every ticked file is here',
    sharingWith: (sentence: string, amount: number) => `${sentence}. Sharing with ${peers(amount)}`,
    readyToShare: (sentence: string) => `${sentence}. Ready to share, nobody is asking right now`,
    keptOnly: 'Complete. Kept in this browser',
    paused: {
      person: 'Paused',
      storage: 'Paused: there is no room left for it on this device',
      queue: 'Waiting for its turn',
      goal: 'Done sharing: it reached its goal',
      metered: 'Paused while this connection is metered',
      policy: 'Paused: only private torrents run, as the settings say',
    },
    newer: 'Paused: a newer version of Chiral wrote this',
    full: (needed: string, available: string) =>
      `Paused: it needs ${needed}, and ${available} is free`,
    pausedAt: (sentence: string, percent: string) => `${sentence} at ${percent}`,
    hashing: 'Reading the files',
    copying: 'Putting the files in place',
  },

  errors: {
    source: {
      empty: 'There is nothing here yet. Paste a link, or choose a file.',
      unknown: 'This is not a magnet link, an info hash, a web address or a .torrent.',
    },
    magnet: {
      scheme: 'This is not a magnet link. One begins with “magnet:?”.',
      'no-info-hash': 'This magnet link does not say which torrent it means.',
      'info-hash': 'The info hash in this link is damaged. Copy the whole link again.',
      'v2-only': 'This link is for BitTorrent version 2 only, which this app cannot read yet.',
      'too-long': 'This link is longer than any real one. Copy it again.',
    },
    metainfo: {
      'too-large': 'This .torrent is too large to be a real one.',
      bencode: 'This is not a .torrent, or it was damaged on the way.',
      structure: 'This .torrent contradicts itself and cannot be used.',
      'piece-length': 'This .torrent cuts its files into pieces of an impossible size.',
      pieces: 'This .torrent does not carry a hash for each of its pieces.',
      path: 'This .torrent wants to write outside its own folder, so it was refused.',
      'duplicate-path': 'This .torrent names the same file twice.',
      'v2-only': 'This .torrent is for BitTorrent version 2 only, which this app cannot read yet.',
      'info-hash': 'A peer sent a file list that belongs to another torrent, so it was refused.',
    },
    invite: {
      format: 'This is not an invite, or a part of it is missing.',
      signature: 'This invite was changed on the way. Ask for a new one.',
      expired: 'This invite has expired. Ask for a new one.',
      'not-yet': 'This invite is not valid yet. Check the clock of this device.',
      newer: 'This invite was made by a newer version. Reload the page to use it.',
      bound: 'This invite is meant for somebody else.',
      options: 'An invite has 1 to 1,000 uses and lasts at most 30 days.',
    },
    duplicate: 'This is already in your list.',
    unknownTorrent: 'This torrent is no longer in your list.',
    unknownFile: 'This file is not finished yet, or no longer there.',
    noFiles: 'There are no files in there to share.',
    backup: {
      format: 'This is not a backup of Chiral, or not all of one.',
      newer: 'A newer version of Chiral made this backup.',
    },
    identity: {
      format: 'This is not an identity of Chiral, or not all of one.',
      newer: 'A newer version of Chiral wrote this identity.',
      passphrase: 'The passphrase is not the one this identity was saved with.',
      'weak-passphrase': 'Choose a longer passphrase: eight characters or more.',
    },
    addressForm: {
      relay:
        'This is not the address of a relay. One begins with https://, or is a WebSocket multiaddr.',
      tracker: 'This is not the address of a tracker. One begins with wss:// or ws://.',
      'ice-server':
        'This is not the address of such a server. One looks like stun:host:port or turn:host:port.',
    },
    address: {
      credential: 'A TURN server needs the name and the password it gave you.',
      'too-many': 'There are as many of these as are of use. Take one away first.',
    },
    settings: (problem: string) => `This setting cannot be used: “${problem}”.`,
    status: (host: string, status: number) => `${host} answered with ${status}, not with the file.`,
    unreachable: (host: string) =>
      `${host} does not answer, or does not let web pages read from it.`,
    notATorrent: (host: string) => `${host} sent something that is not a .torrent.`,
    tooLarge: (host: string, limit: string) => `The answer of ${host} is larger than ${limit}.`,
    changed: (host: string) => `The file at ${host} changed since the download began.`,
    storageUnsupported: 'This browser offers no place to keep files.',
    full: (needed: string, available: string) =>
      `Not enough room: ${needed} needed, ${available} free.`,
    storageLocked: 'Another tab is using the stored files.',
    io: 'This device could not read or write the stored files.',
    sourceChanged: (name: string) => `“${name}” changed since it was shared.`,
    sourceMissing: (name: string) => `“${name}” is not where it was when it was shared.`,
    permission: (name: string) => `The browser wants to ask you again before it opens “${name}”.`,
    evicted: (lost: string) =>
      `The browser cleared ${lost} of this. What is missing is fetched again.`,
    corrupt: (lost: string) =>
      `Something on this device damaged ${lost} of this. They are fetched again.`,
    forgetful:
      'This browser cannot open its list of what you have: it begins empty, and what you add is off it again after a reload. Your files stay. Storage shows them, and brings them back.',
    newer: 'A newer version of Chiral wrote what is stored here. It is shown, and left as it is.',
    metadataTimeout: 'Nobody sent the file list in time.',
    tracker: {
      unreachable: (host: string) => `The tracker ${host} cannot be reached.`,
      refused: (host: string) => `The tracker ${host} refused.`,
      silent: (host: string) => `The tracker ${host} does not answer.`,
      malformed: (host: string) => `The tracker ${host} sent something unreadable.`,
    },
    trackerSaid: (sentence: string, message: string) => `${sentence} It said: “${message}”.`,
    relayUnreachable: (host: string) => `The relay ${host} cannot be reached.`,
    noRelay: (host: string) => `${host} is up, but it is no relay of the overlay.`,
    reservationRefused: 'The relay has no room for another peer right now.',
    dial: 'A peer could not be reached.',
    sourceDenied: {
      tracker: 'This private torrent does not take peers from trackers.',
      overlay: 'This private torrent does not take peers from the overlay.',
      invite: 'This private torrent does not take invited peers.',
      'web-seed': 'This private torrent does not load from web servers.',
    },
    peerId: 'This is not a peer id. It begins with 12D3KooW and has 52 characters.',
    privateOnly: 'Public torrents are switched off in the settings.',
    contradiction: (what: string) => `These options contradict each other: ${what}.`,
    publicTorrent: 'This torrent is public: everybody may take part, and no invite is needed.',
    notAllowed: {
      owner: 'Only the owner of this torrent can do that.',
      admin: 'Only an admin of this torrent can do that.',
      member: 'Only members of this torrent can do that.',
    },
    nobodyToAsk: 'Nobody who could let you in is online. It goes on by itself when somebody is.',
    outside: {
      removed: 'You were removed from this private torrent.',
      expired: 'The invite has expired. Ask for a new one.',
      used: 'The invite was used up. Ask for a new one.',
      revoked: 'The invite was taken back. Ask for a new one.',
      bound: 'The invite is meant for somebody else.',
      refused: 'You were not let in. Ask whoever sent you the link.',
    },
    passphrase: {
      missing: 'A passphrase is needed to join.',
      wrong: 'That passphrase is not the right one. Check it and try again.',
      later: 'Too many guesses. Try again in a few minutes.',
      weak: 'This passphrase is too easy to guess. Take a longer one.',
    },
    insecureContext: 'This page was opened over plain http, and the browser keeps its doors shut.',
    unsupported: (what: string) => `This browser lacks something the app needs: ${what}.`,
    heldElsewhere: 'Chiral is already running in another tab.',
    lost: 'The engine behind this page stopped.',
    version: 'A newer version is ready. Reload the page to use it.',
    bug: 'Something went wrong inside the app.',
  },

  header: {
    status: 'Connection and storage',
    network: {
      label: (level: string) => `Network: ${level}`,
      full: 'Connected',
      partial: 'Partly connected',
      none: 'Not connected',
      idle: 'Ready',
    },
    offline: 'This device is offline. Transfers go on when it is back.',
    starting: 'The engine is starting.',
    idle: 'Nothing needs the network right now.',
    asking: 'Asking the trackers who else is there.',
    allAnswer: (amount: number) =>
      amount === 0
        ? 'The trackers answer. No peer is connected right now.'
        : `The trackers answer. ${peers(amount)} connected.`,
    someAnswer: 'Not every tracker answers, so some peers may not be found.',
    noneAnswer: 'No tracker answers. Open connections stay, new peers cannot be found.',
    reachable: 'Others can reach this browser. Nothing is moving right now.',
    connecting: 'Connecting to the relay.',
    overlayLost:
      'The relay does not answer. Peers that only it could introduce or carry are out of reach.',
    overlayOnly:
      'No tracker answers. Other Chiral browsers are found through the relay all the same.',
    nothingAnswers:
      'Neither relay nor tracker answers. Open connections stay, new peers cannot be found.',
    webPeersOnly: 'Reaches web peers: other browsers, and clients that speak WebRTC.',
    storage: (used: string) => `Storage: ${used} used`,
    storageOf: (used: string, quota: string) => `${used} of ${quota} used`,
    storageBar: 'Storage used',
    settings: 'Settings',
    memory: 'Kept only until this page closes.',
    memoryShort: 'until closed',
  },

  add: {
    label: 'Add a torrent',
    placeholder: 'Paste a link or an info hash',
    hint: 'Magnet link, info hash, web address or a Chiral link',
    open: 'Open',
    shareFiles: 'Share files',
    shareFolder: 'Share a folder',
    openTorrent: 'Open a .torrent file',
    share: 'Share',
    drop: 'Drop to share',
    dropHint: 'A link or a .torrent opens a preview first',
    looseFiles: (first: string, more: number) => `${first} and ${more} more`,
    reading: 'Reading the folder…',
    tooMany: (limit: string) =>
      `A folder with more than ${limit} files is too much for one torrent.`,
  },

  empty: {
    title: 'Send files straight to people.',
    lead: 'No account, nothing to install. What you share goes from this browser to theirs, and everyone who has it passes it on.',
    actions: 'Start here',
    filesTitle: 'Share files',
    filesText: 'Choose them, or drop them anywhere on this page.',
    folderTitle: 'Share a folder',
    folderText: 'Everything inside keeps its place.',
    getTitle: 'Get something',
    getText: 'Paste a link, or open a .torrent file.',
    footStays: 'Files stay on this device. The tracker only introduces peers to each other.',
    footOpen: 'Keep this page open while others download from you.',
  },

  list: {
    label: 'Torrents',
    filters: 'Show',
    filter: {
      all: 'All',
      downloading: 'Downloading',
      seeding: 'Sharing',
      paused: 'Paused',
      failed: 'Failed',
    },
    search: 'Search by name',
    sort: 'Sort by',
    sortBy: { added: 'Newest first', name: 'Name', progress: 'Progress' },
    nothingFound: (search: string) => `Nothing is called “${search}”.`,
    nothingHere: {
      downloading: 'Nothing is downloading.',
      seeding: 'Nothing is being shared.',
      paused: 'Nothing is paused.',
      failed: 'Nothing has failed. Good.',
    },
    showAll: 'Show all',
    progress: (name: string) => `Progress of ${name}`,
    sizeOf: (have: string, all: string) => `${have} of ${all}`,
    down: 'Down',
    up: 'Up',
    downRate: (rate: string) => `Down ${rate}`,
    upRate: (rate: string) => `Up ${rate}`,
  },

  storage: {
    title: 'Storage',
    kept: 'The browser promised to keep this.',
    mayClear: 'The browser may clear this when space is short.',
    askToKeep: 'Ask it to keep this',
    refused:
      'It did not promise, for now. Browsers do so for pages that are installed, bookmarked or often visited.',
    needs: (name: string, needed: string, available: string) =>
      `${name} needs ${needed}, and ${available} is free. It goes on by itself when there is room.`,
    goesOn: 'It goes on by itself when there is room.',
    looking: 'Looking at what is stored…',
    nothing: 'Nothing is stored here.',
    inList: 'In your list',
    largest: 'Largest first. What you remove can be brought back for ten seconds.',
    orphans: 'Not in your list',
    orphansLead: 'Left behind by a crash, or kept when a torrent was removed.',
    unnamed: (infoHash: string) => `Unnamed (${infoHash})`,
    bringBack: 'Bring back',
    delete: 'Delete',
    sure: (bytes: string) => `Delete ${bytes} for good?`,
    deleteForGood: 'Delete for good',
    cancel: 'Cancel',
    freed: (bytes: string) => `Freed ${bytes}.`,
    broughtBack: (name: string) => `${name} is back in your list. Its pieces are being checked.`,
    share: (name: string) => `Share of the space that ${name} uses`,
  },

  settings: {
    title: 'Settings',
    keeping: 'Keeping your files',
    openStorage: 'See what uses the space',
    awake: 'While something moves',
    keepAwake: 'Keep the screen on',
    keepAwakeLead:
      'A device that goes to sleep stops its transfers. Only while this page is in front.',
    privacy: 'Privacy',
    privateOnly: 'Private torrents only',
    privateOnlyLead: 'Public ones rest until this is switched off, and none can be added.',
    hideAddress: 'Hide my address from members of private torrents',
    hideAddressLead:
      'All of it goes through a relay: slower, and large files need a TURN server, which you can name under “You and the network”.',
    backup: 'Backup',
    backupLead:
      'One small file with your list and your settings, to bring back here or elsewhere. The files themselves are not in it: they are fetched again from peers.',
    save: 'Save a backup',
    restore: 'Restore a backup',
    saved: 'Saved to your downloads.',
    fileName: (day: string) => `chiral-${day}.backup`,
    restored: ({
      added,
      present,
      unreadable,
    }: {
      added: number
      present: number
      unreadable: number
    }) =>
      [
        added === 0 && present === 0 && unreadable === 0 ? 'Your settings are back.' : null,
        added > 0 ? `${count(added, 'torrent is', 'torrents are')} back in your list.` : null,
        present > 0
          ? `${present.toLocaleString('en')} ${present === 1 ? 'was' : 'were'} there already.`
          : null,
        unreadable > 0 ? `${unreadable.toLocaleString('en')} could not be read.` : null,
      ]
        .filter((part) => part !== null)
        .join(' '),
    tooLarge: (limit: string) => `A backup is never larger than ${limit}.`,
  },

  network: {
    title: 'You and the network',
    tabs: { you: 'You', relays: 'Relays', peers: 'Peers', checkUp: 'Check-up' },
    loading: 'Getting your identity…',
    you: {
      name: 'Name',
      nameHint: 'Seen by people you invite, and in the private torrents you join. Nowhere else.',
      saveName: 'Save name',
      nameSaved: 'Name saved.',
      words: 'In three words',
      wordsHint: 'Compare them by voice, to know that you both mean this browser.',
      peerId: 'Peer id',
      peerIdHint: 'What others know this browser by. It can be given away.',
      qr: 'QR code of your peer id',
      since: (day: string) => `Yours since ${day}.`,
      passing: 'This window keeps nothing: when it closes, this identity is gone.',
      along: 'Take it along',
      alongLead:
        'The key behind this identity is in this browser and nowhere else. Save a copy, to be the same elsewhere, or after this browser was cleared.',
      ways: { save: 'Save a copy', bring: 'Bring a copy', forget: 'Forget' },
      passphrase: 'Passphrase',
      again: 'Passphrase again',
      passphraseHint:
        'Eight characters or more. Nobody can open the copy without it, and nobody can tell you what it was.',
      differ: 'The two are not the same.',
      save: 'Save the copy',
      sealing: 'Sealing it…',
      fileName: (words: string) => `chiral-identity-${words}.chiral`,
      saved: 'The copy is with your downloads.',
      choose: 'Choose the file',
      chosen: (name: string) => `Chosen: ${name}`,
      bringLead: (words: string) =>
        `It takes the place of “${words}”, which is gone unless you saved a copy.`,
      bring: 'Use this identity',
      opening: 'Opening it…',
      notChosen: 'Choose the file with the copy first.',
      tooLarge: 'This file is too large to be an identity.',
      now: (words: string) => `You are “${words}” now.`,
      forgetLead: (words: string) =>
        `“${words}” will be gone for good, and with it what others remember of you: who knows you by it will not know you any more, and groups that let you in by it will not let you in. Your torrents and files stay. A new identity is made at once.`,
      forget: 'Forget for good',
      cancel: 'Cancel',
    },
    relays: {
      title: 'Relays',
      lead: 'They introduce browsers to each other, and carry a little where no direct path exists.',
      none: 'No relay is set: other Chiral browsers cannot find this one.',
      reserved: (ago: string) => `Others reach you here. Connected ${ago}.`,
      connecting: 'Connecting',
      retry: (sentence: string, seconds: number) =>
        seconds <= 1
          ? `${sentence} Asked again right away.`
          : `${sentence} Asked again in ${seconds} s.`,
      lastAnswer: (ago: string) => `Last answer ${ago}.`,
      neverAnswered: 'It has not answered yet.',
      add: 'Add a relay',
      addHint: 'https://relay.example, or a WebSocket multiaddr',
      useOwn: 'Use the relay of this page again',
      own: 'of this page',
      twice: 'It is in the list already.',
    },
    ice: {
      title: 'STUN and TURN',
      lead: 'A STUN server tells this browser its own address, so that a direct path can be found. A TURN server carries what has none.',
      none: 'None is in use: browsers in other networks are reached through the relay only.',
      from: { relay: 'of a relay', settings: 'set by you' },
      add: 'Add a STUN or TURN server',
      addHint: 'stun:host:port or turn:host:port. While you set any, those of the relays rest.',
      username: 'User name',
      credential: 'Password',
    },
    addButton: 'Add',
    addNamed: (what: string) => `${what}: add it`,
    removeNamed: (address: string) => `Remove ${address}`,
    peers: {
      label: 'Chiral peers',
      none: 'No Chiral peer is connected right now. They come with what you share and download.',
      looking: 'Looking who is connected…',
      direct: 'Direct',
      relayed: 'Relayed',
      relayedLeft: (left: string) => `Relayed, ${left} left`,
      relayedSum: (bytes: string) => `${bytes} went through the relay`,
      for: (names: string) => `for ${names}`,
      more: (name: string, others: number) => `${name} and ${others.toLocaleString('en')} more`,
      down: (bytes: string) => `Down ${bytes}`,
      up: (bytes: string) => `Up ${bytes}`,
      copyId: 'Copy its peer id',
    },
    checkUp: {
      lead: 'Goes every part of the way to others once, says what it found, and what helps. Nothing of it is seen by anybody you share with.',
      run: 'Check the connection',
      again: 'Check again',
      checks: 'What was looked at',
      checking: 'Checking…',
      failed: 'This could not be looked at.',
      seeReport: 'See the report',
      report: 'Report',
      copyReport: 'Copy the report',
      reportHint: 'No address and no peer id is in it: it can be shown to somebody who helps.',
      grade: {
        good: 'Works',
        limited: 'Works in part',
        bad: 'Does not work',
        skipped: 'Not looked at',
      },
      verdict: {
        'all-well': {
          title: 'All is well.',
          text: 'Others find this browser, and reach it directly.',
        },
        'overlay-only': {
          title: 'Chiral browsers are found, others are not.',
          text: 'No tracker answers, so clients that know nothing else are not met.',
        },
        'trackers-only': {
          title: 'Only trackers introduce you.',
          text: 'No relay answers. Whoever is found through a tracker is reached directly; where that is not possible, nothing carries it.',
        },
        'strict-network': {
          title: 'Some peers are only reached through the relay.',
          text: 'Your network uses another port for each destination, so the one that others are told is of no use to them. A TURN server helps, or another network.',
        },
        'own-network': {
          title: 'Direct paths stay within your own network.',
          text: 'Devices beside you are reached directly. Everybody else is reached through the relay, which carries only a little.',
        },
        'own-network-only': {
          title: 'Only your own network is in reach.',
          text: 'Devices beside you are reached directly, and nothing leads any further.',
        },
        'relay-carries': {
          title: 'Everything goes through the relay.',
          text: 'No direct path can be made here, and the relay carries only a little for each peer.',
        },
        'no-path': {
          title: 'Peers are found, and none can be reached.',
          text: 'No direct path can be made here, and no relay carries anything.',
        },
        'cut-off': {
          title: 'Nobody can be met.',
          text: 'Neither a relay nor a tracker answers. Connections that are open stay.',
        },
      },
      name: {
        relays: 'Relay',
        reservation: 'Reached through it',
        trackers: 'Tracker',
        stun: 'Your address',
        direct: 'Direct path',
        relayed: 'Relayed path',
      },
      found: {
        relays: {
          answer: (millis: number) => `The relay answers, after ${millis} ms.`,
          answerSome: (answering: number, all: number, millis: number) =>
            `${answering} of ${all} relays answer, the first after ${millis} ms.`,
          'no-relay': 'Something answers, but it is no relay, or one that is just starting.',
          silent: 'The relay does not answer.',
          'none-set': 'No relay is set.',
        },
        reservation: {
          held: 'Others can reach this browser through the relay.',
          heldSome: (at: number, all: number) =>
            `Others can reach this browser through ${at} of ${all} relays.`,
          refused: 'The relay is reached, but has no place for this browser.',
          'no-socket':
            'The relay answers, but no lasting connection to it (a WebSocket) comes about.',
          'no-relay': 'Needs a relay that answers.',
        },
        trackers: {
          answer: (millis: number) => `The tracker answers, after ${millis} ms.`,
          answerSome: (answering: number, all: number, millis: number) =>
            `${answering} of ${all} trackers answer, the first after ${millis} ms.`,
          refused: 'The tracker is reached, but refuses.',
          silent: 'The tracker is reached, but says nothing.',
          'no-socket': 'No connection to the tracker (a WebSocket) comes about.',
          'none-set': 'No tracker is set.',
        },
        stun: {
          reflexive: (families: string) =>
            `A STUN server told this browser its address (${families}).`,
          each: (families: string) =>
            `STUN servers told this browser its address (${families}), each with another port.`,
          public: (families: string) =>
            `This device has a public address of its own (${families}).`,
          unmapped:
            'The STUN server is in the same network as this device, and sees its own address.',
          silent: 'No STUN server answers, so others cannot be told the address of this browser.',
          'no-candidates': 'The browser tells no address at all.',
          'none-set':
            'No STUN server is known, so others cannot be told the address of this browser.',
        },
        direct: {
          opened: (by: string) => `A direct channel opens (${by}).`,
          openedNot: (by: string, not: string) =>
            by === ''
              ? `A direct channel opens, though not by one kind of address alone (${not}).`
              : `A direct channel opens (${by}; not by ${not} alone).`,
          failed: (tried: string) => `No direct channel opens (tried: ${tried}).`,
          'no-candidates': 'There is no address to try.',
          'no-room': 'Not tried: as many connections as are allowed are in use.',
        },
        relayed: {
          carries: (millis: number, limit: string) =>
            `A stranger reached this browser through the relay in ${millis} ms. It carries ${limit} for each peer.`,
          carriesAll: (millis: number) =>
            `A stranger reached this browser through the relay in ${millis} ms.`,
          failed:
            'Nobody comes through: the relay is there, but does not connect others to this browser.',
          'no-relay': 'Needs a relay at which others reach this browser.',
        },
      },
      family: { ipv4: 'IPv4', ipv6: 'IPv6' },
      kind: {
        host: 'own address',
        mdns: 'local name',
        reflexive: 'address from STUN',
        turn: 'TURN server',
      },
      helps: {
        relays:
          'Look whether this device is online, and whether its address opens in another tab. If it is your own relay, look whether it runs.',
        noRelay: 'Look at its address under Relays.',
        relaysNone: 'Set one under Relays.',
        refused: 'Wait a little, or add another relay under Relays.',
        socket:
          'Something on the way lets no WebSocket through: a proxy, a firewall, or security software. Try another network. Who runs the relay looks whether the proxy in front passes upgrades on.',
        trackers: 'Look whether this device is online. Trackers can be set in the settings.',
        stun: 'UDP is blocked on the way, or the server does not run. Another network may let it through; who runs the relay opens its UDP port.',
        stunNone: 'Add a STUN server under Relays.',
        each: 'A TURN server under Relays carries what has no path.',
        candidates:
          'A setting or an extension of the browser keeps WebRTC from telling addresses. Allow it for this page.',
        direct:
          'A firewall or security software on this device blocks WebRTC. Allow the browser in it, or set a TURN server under Relays.',
        room: 'Pause some torrents and check again.',
        relayed: 'Try again in a moment. If it stays so, who runs the relay looks at its limits.',
      },
    },
  },

  closing: {
    meter: 'How much of it others have as well',
    everything: (amount: number) =>
      amount === 1
        ? '1 peer has everything: you can close this page.'
        : `${peers(amount)} have everything: you can close this page.`,
    together: 'What is here is with others as well: you can close this page.',
    onlyHere: (bytes: string) => `${bytes} are only on this device.`,
    nobody: (bytes: string) => `Nobody else is connected: ${bytes} may be only on this device.`,
    title: 'If you close this page',
    allSafe: 'Others have all you share. It goes on without you.',
    notYet: (torrents: number, bytes: string) =>
      `${bytes} of ${count(torrents, 'torrent', 'torrents')} may be only on this device. Others cannot get them while it is closed.`,
  },

  creating: {
    label: 'Being prepared',
    progress: (name: string) => `Preparing ${name}`,
    cancel: 'Cancel',
    cancelNamed: (name: string) => `Cancel preparing ${name}`,
  },

  actions: {
    allow: 'Allow access again',
    pause: 'Pause',
    resume: 'Resume',
    retry: 'Try again',
    share: 'Share',
    remove: 'Remove',
    saveTorrent: 'Save .torrent',
    search: 'Search',
    add: 'Add a torrent',
    close: 'Close',
    back: 'Back to the list',
    shortcuts: 'Keyboard shortcuts',
    named: (action: string, name: string) => `${action} ${name}`,
    undo: 'Undo',
    undoRemoval: 'Take back a removal',
    show: 'Show it',
    free: 'Free space',
    group: 'Actions',
  },

  preview: {
    title: 'Add a torrent',
    gettingList: 'Getting the file list from peers…',
    reading: 'Reading the file…',
    fetching: (host: string) => `Asking ${host}…`,
    waited: (seconds: number) =>
      seconds < 15 ? `Asked ${seconds} s ago.` : `Nobody has sent it for ${seconds} s.`,
    waitedHint:
      'Someone who has it must be online in a browser, or in a client that speaks WebRTC. You can download it now all the same: it starts when they come.',
    files: 'Files',
    ticked: (ticked: number, all: number, bytes: string) =>
      ticked === all ? `${files(all)}, ${bytes}` : `${ticked} of ${files(all)}, ${bytes}`,
    everything: 'All files',
    keptWhere: 'Kept',
    keptIn: 'In this browser, on this device',
    keptMemory: 'In memory, until this page closes',
    room: (free: string) => `${free} free`,
    noRoom: (needed: string, free: string) =>
      `This needs ${needed}, and ${free} is free. Untick some files, or free some space.`,
    whoMayJoin: 'Who may join',
    anyone: 'Anyone with the link',
    comment: 'Comment',
    download: 'Download',
    downloadBytes: (bytes: string) => `Download ${bytes}`,
    intoFolder: 'Download into a folder…',
    cancel: 'Cancel',
    close: 'Close',
    tryAgain: 'Try again',
    present: 'This is already in your list.',
    show: 'Show it',
  },

  tree: {
    label: 'Files',
    expand: (name: string) => `Open ${name}`,
    collapse: (name: string) => `Close ${name}`,
    save: 'Save',
    saveNamed: (name: string) => `Save ${name}`,
    done: 'Finished',
    filter: 'Search these files',
  },

  save: {
    allAsZip: 'Save all as ZIP',
    someAsZip: (amount: number) => `Save ${files(amount)} as ZIP`,
    intoFolder: 'Save into a folder…',
    saving: (bytes: string) => `Saving ${bytes}`,
    progress: (name: string) => `Saving ${name}`,
    checking: (name: string) => `Checking ${name} before it leaves`,
    checked: (percent: string) => `${percent} checked`,
    cancel: 'Cancel',
    cancelNamed: (name: string) => `Cancel saving ${name}`,
    savedAs: (place: string) => `Saved as “${place}”.`,
    savedInto: (place: string) => `Saved into “${place}”.`,
    handedOver: (name: string) => `${name} is with your downloads.`,
  },

  detail: {
    label: (name: string) => `Details of ${name}`,
    tabs: { files: 'Files', peers: 'Peers', trackers: 'Trackers', about: 'About' },
    noFiles: 'The file list is not here yet.',
    noPeers: 'Nobody is connected right now.',
    noTrackers: 'This torrent asks no tracker.',
    peer: {
      unknown: 'Unknown client',
      path: { direct: 'Direct', relayed: 'Relayed', http: 'Web server' },
      relayedLeft: (path: string, left: string) => `${path}, ${left} left`,
      source: {
        tracker: 'from a tracker',
        overlay: 'from the overlay',
        invite: 'invited',
        'web-seed': 'web seed',
      },
      has: (percent: string) => `has ${percent}`,
      gave: (bytes: string) => `${bytes} verified from them`,
      progress: 'How much this peer has',
    },
    tracker: {
      connecting: 'Connecting',
      answered: (ago: string) => `Answered ${ago}`,
      answeredBefore: 'Answered',
      failed: 'Does not answer',
      counts: (seeds: number, leeches: number) =>
        `${seeds.toLocaleString('en')} ${seeds === 1 ? 'has' : 'have'} all of it, ${leeches.toLocaleString('en')} ${leeches === 1 ? 'is' : 'are'} downloading`,
      said: (warning: string) => `It says: ${warning}`,
    },
    about: {
      size: 'Size',
      done: 'Done',
      downloaded: 'Downloaded',
      uploaded: 'Uploaded',
      ratio: 'Given back',
      pieces: 'Pieces',
      piecesOf: (have: string, all: string) => `${have} of ${all}`,
      files: 'Files',
      added: 'Added',
      completed: 'Completed',
      whoMayJoin: 'Who may join',
      anyone: 'Anyone with the link',
      invited: 'Invited peers only',
      folder: 'Folder',
      infoHash: 'Info hash',
      address: 'Carried by',
      bittorrent: 'BitTorrent, web peers',
      http: 'A web server',
    },
  },

  privacy: {
    mark: 'Private',
    membersOnly: 'Members only',
    join: 'Join',
    joinTitle: (name: string) => `Join ${name}`,
    inviteFacts: 'Invite',
    who: 'From',
    nobodySigned: 'Nobody signed this link. It says only what whoever made it wrote.',
    saysIs: (name: string) => `${name}, by their own word`,
    unknownSender: 'Somebody',
    size: 'Size',
    until: 'Until',
    noEnd: 'No end',
    forWhom: 'For',
    bound: {
      nobody: 'Whoever has this link',
      us: 'You alone',
      another: 'Somebody else',
    },
    opensWith: 'Opens with',
    door: {
      members: 'A signed invite',
      key: 'The link alone',
      passphrase: 'A passphrase',
    },
    passphrase: 'Passphrase',
    passphraseHint: 'Whoever invited you knows it. It is not in the link.',
    filesInside: 'The list of files is shown once you are inside.',
    unlock: 'Unlock',
    unlockNamed: (name: string) => `Passphrase of ${name}`,

    shareButton: 'Share privately',
    shareTip: 'Share with chosen people only',
    shareTitle: 'Share privately',
    shareLead: 'First who may join, then what.',
    chooseFiles: 'Choose files',
    chooseFolder: 'Choose a folder',
    drop: 'Drop here to choose who may join',
    dropHint: 'You are asked before anything is shared',
    whoMayJoin: 'Who may join',
    choice: {
      members: 'Only people I invite',
      passphrase: 'Who knows a passphrase',
      key: 'Anyone with the private link',
      anyone: 'Anyone',
    },
    choiceLead: {
      members: 'You make invites, and can remove people again.',
      passphrase: 'Send the link one way and the passphrase another.',
      key: 'The key is in the link. Whoever it is passed on to gets in as well.',
      anyone: 'Public: found by trackers and by everybody who knows the info hash.',
    },
    newPassphraseHint:
      'Ten characters or more; four random words are good. Nobody can bring it back.',
    shareIntro: 'Only people you let in can find it, join it or read it.',
    inviteLink: 'Invite link',
    inside: 'You are inside.',
    role: {
      owner: 'You are the owner: you decide who may join.',
      admin: 'You are an admin: you may invite and remove members.',
      member: 'You are a member. Its owner and admins decide who may join.',
    },
    invite: {
      title: 'Invite people',
      uses: 'For how many',
      people: (amount: number) => people(amount),
      age: 'For how long',
      hours: (hours: number) =>
        hours < 24 ? count(hours, 'hour', 'hours') : count(hours / 24, 'day', 'days'),
      more: 'More choices',
      boundTo: 'Only for this peer id',
      boundToHint: 'They find it under “You and the network”. Nobody else can use the link then.',
      label: 'Note for yourself',
      labelHint: 'It is not in the link.',
      make: 'Make an invite',
      another: 'Make another invite',
      open: 'Open invites',
      madeAt: (time: string) => `Invite of ${time}`,
      state: (used: number, uses: number, until: string) =>
        `${used} of ${uses} used, until ${until}`,
      takeBack: 'Take back',
    },
    members: {
      title: 'Members',
      none: 'Nobody has come in since this page was opened.',
      role: { owner: 'Owner', admin: 'Admin', member: 'Member' },
      you: 'you',
      online: 'online',
      offline: 'not online',
      path: { direct: 'direct', relayed: 'by way of a relay' },
      moved: (down: string, up: string) => `${down} from them, ${up} to them`,
      remove: 'Remove',
      sure: (name: string) =>
        `Remove ${name}? They are cut off at once, and keep what they already have.`,
      removeSure: 'Remove for good',
      keep: 'Keep',
      add: 'Add by peer id',
      addHint: 'Lets in whoever holds this key. They still need a link to find the way.',
      addButton: 'Add',
      added: 'Added.',
    },
    facts: {
      title: 'What private means',
      unused: 'Not used',
      unusedList: [
        'No tracker, and no web server to download from.',
        'No STUN server but those of the relays you set.',
        'No list that strangers could find it in, not even with its info hash.',
      ],
      relay: 'What your relay still learns',
      relayList: [
        'Your address, and that you talk to other peers by way of it.',
        'When, and how much of it passes through the relay.',
        'No names, no files and nothing of what is in them.',
      ],
    },

    asking: 'Joining: looking for somebody who can let you in',
    asked: (amount: number) => `Joining: asked ${people(amount)} who can let you in`,
    locked: 'Locked: it opens with a passphrase',
    wrong: 'That passphrase did not open it. Try another one.',
    again: (time: string) => `Too many guesses. Try again in ${time}.`,
    lookingForMembers: 'Looking for members: nobody else is online yet',
    readyForMembers: (sentence: string) => `${sentence}. Ready for its members`,
  },

  share: {
    title: (name: string) => `Share ${name}`,
    lead: 'Open this on any device with a browser. The files go straight from here to there.',
    qr: (name: string) => `QR code of the link to ${name}`,
    qrTooLong: 'This link is too long for a QR code.',
    link: 'Link',
    magnet: 'Magnet link',
    magnetHint: 'For other torrent clients that speak WebRTC.',
    copy: 'Copy',
    copyNamed: (what: string) => `Copy ${what.toLowerCase()}`,
    copied: 'Copied',
    copyByHand: 'Selected. Copy it with your keyboard.',
    send: 'Send…',
    saveTorrent: 'Save .torrent',
    whoMayJoin: 'Anyone with the link may join',
    keepOpen: 'Keep this page open until they have it.',
    loading: 'Making the link…',
    receivers: (amount: number) =>
      amount === 0 ? 'Nobody is connected yet.' : `${peers(amount)} connected.`,
  },

  remove: {
    done: (name: string) => `Removed ${name}.`,
    back: (name: string) => `${name} is back.`,
    tooLate: (name: string) => `It is too late to bring back ${name}.`,
  },

  engine: {
    startingTitle: 'Starting…',
    waitingTitle: 'Chiral is open in another tab',
    waitingText:
      'One tab at a time holds your files. This one takes over by itself when the other closes. If the other one hangs, close it.',
    stoppingTitle: 'Closing…',
    insecureTitle: 'This page needs a secure address',
    insecureText:
      'The page was opened over plain http, so the browser gives it no storage, no background worker and no cryptography. Nothing can work here.',
    insecureMeasured: (origin: string) => `Opened at ${origin}, which is not a secure context.`,
    insecureFix: 'What helps',
    insecureFixLocal: 'On the machine that runs the relay, open',
    insecureFixHttps: 'From other machines, put https in front of the relay and open that address.',
    failedTitle: 'Chiral could not start',
    lostTitle: 'The engine stopped',
    lostText: 'Everything that was verified is kept. Reload to go on where it stopped.',
    versionTitle: 'A newer version is ready',
    reload: 'Reload the page',
    detail: 'What was measured',
  },

  notices: {
    region: 'Notices',
    dismiss: 'Dismiss',
    about: (name: string, sentence: string) => `${name}: ${sentence}`,
    completed: (name: string) => `${name} is complete.`,
    added: (name: string) => `Added ${name}.`,
    addedUnnamed: 'Added to your list.',
    alreadyThere: (name: string) => `${name} is already in your list.`,
  },

  shortcuts: {
    title: 'Keyboard shortcuts',
    paste: 'Add what is in the clipboard',
    rows: 'Go through the list',
    open: 'Open the details',
    anywhere: 'Anywhere',
    onTorrent: 'On a torrent',
  },
}

/** The shape every language has. */
export type Words = typeof en
