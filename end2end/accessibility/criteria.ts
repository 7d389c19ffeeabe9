// What docs/ACCESSIBILITY.md says of each success criterion of WCAG 2.2 at levels A and AA, and the journeys that prove it.

/** A journey: its file, and the beginning of its title. */
export type Proof = readonly [file: string, title: string];

export interface Criterion {
  number: string;
  name: string;
  level: 'A' | 'AA';
  conformance: 'Supports' | 'Partially Supports' | 'Not Applicable';
  remarks: string;
  proofs: readonly Proof[];
}

const LOOKS: Proof = ['looks.spec.ts', '${room}: every page in ${language}'];
const DOORS: Proof = ['looks.spec.ts', 'the doors in ${language}'];
const KEYBOARD: Proof = ['keyboard.spec.ts', 'from the log-in to a closed session'];
const WHOLE_DAY: Proof = ['keyboard.spec.ts', 'a whole day, ${width} pixels wide'];
const CONTRAST: Proof = ['contrast.spec.ts', 'fields can be seen, ${colorScheme}'];
const FITS: Proof = ['accessibility.spec.ts', 'pages reflow at 320 pixels, also with wide text spacing'];
const FOCUS: Proof = ['accessibility.spec.ts', 'whatever has the focus can be seen'];

const supports = (number: string, name: string, level: 'A' | 'AA', remarks: string, ...proofs: Proof[]): Criterion => ({
  number,
  name,
  level,
  conformance: 'Supports',
  remarks,
  proofs,
});

const partially = (number: string, name: string, level: 'A' | 'AA', remarks: string, ...proofs: Proof[]): Criterion => ({
  ...supports(number, name, level, remarks, ...proofs),
  conformance: 'Partially Supports',
});

const none = (number: string, name: string, level: 'A' | 'AA', remarks: string): Criterion => ({
  ...supports(number, name, level, remarks),
  conformance: 'Not Applicable',
});

export const CRITERIA: readonly Criterion[] = [
  partially('1.1.1', 'Non-text Content', 'A', 'Icons have words or are hidden from screen readers. Pictures that customers send have no description, because WhatsApp gives none; the operator hears that there is a picture, and its caption.', LOOKS, ['files.spec.ts', 'what a customer sends is shown as what it is']),
  partially('1.2.1', 'Audio-only and Video-only (Prerecorded)', 'A', 'Voice messages of customers have no transcript.'),
  partially('1.2.2', 'Captions (Prerecorded)', 'A', 'Videos of customers have no captions.'),
  partially('1.2.3', 'Audio Description or Media Alternative (Prerecorded)', 'A', 'Videos of customers have no alternative.'),
  none('1.2.4', 'Captions (Live)', 'AA', 'There are no live media.'),
  partially('1.2.5', 'Audio Description (Prerecorded)', 'AA', 'Videos of customers have no audio description.'),
  supports('1.3.1', 'Info and Relationships', 'A', 'Headings, lists, tables, landmarks and groups of fields are marked up as such.', LOOKS, DOORS),
  supports('1.3.2', 'Meaningful Sequence', 'A', 'The order of the document is the order on the screen.', LOOKS, ['without-javascript.spec.ts', 'a session is picked up and answered']),
  supports('1.3.3', 'Sensory Characteristics', 'A', 'No instruction refers to a shape, a place or a colour alone. No journey proves it.'),
  supports('1.3.4', 'Orientation', 'AA', 'Pages work in both orientations.', LOOKS),
  supports('1.3.5', 'Identify Input Purpose', 'AA', 'The log-in names its fields for password managers.', DOORS),
  supports('1.4.1', 'Use of Color', 'A', 'States have a word or a shape beside their colour: badges, ticks, availability, the unread line.', LOOKS),
  supports('1.4.2', 'Audio Control', 'A', 'Nothing plays by itself. The sound of alerts is off at first and shorter than three seconds.', ['alerts.spec.ts', 'a waiting session calls once for all tabs']),
  supports('1.4.3', 'Contrast (Minimum)', 'AA', '4.5:1 in both themes.', LOOKS, DOORS, CONTRAST),
  supports('1.4.4', 'Resize Text', 'AA', 'At 400 % a page of 1,280 pixels has 320; see 1.4.10.', FITS),
  supports('1.4.5', 'Images of Text', 'AA', 'There are none of our own.', LOOKS),
  supports('1.4.10', 'Reflow', 'AA', 'At 320 pixels the pages that the journey visits do not scroll sideways; the inbox shows one column at a time.', FITS),
  supports('1.4.11', 'Non-text Contrast', 'AA', 'Borders of fields and the focus have 3:1.', CONTRAST),
  supports('1.4.12', 'Text Spacing', 'AA', 'With the spacing of the criterion the same pages do not scroll sideways.', FITS),
  supports('1.4.13', 'Content on Hover or Focus', 'AA', 'Only the browser shows titles; menus open by a click, stay, and close with Esc.', ['channels.spec.ts', 'pause and resume, by the keyboard']),
  supports('2.1.1', 'Keyboard', 'A', 'Lists, sessions, dialogs and forms are worked without a mouse, also at 320 pixels.', KEYBOARD, WHOLE_DAY, ['transfer.spec.ts', 'a session is transferred by the keyboard'], ['countries.spec.ts', 'by the keyboard alone'], ['commands.spec.ts', 'a few letters lead to a place']),
  supports('2.1.2', 'No Keyboard Trap', 'A', 'Esc leaves a field, a panel and a dialog.', KEYBOARD, ['emoji.spec.ts', 'an emoji goes where the cursor is']),
  supports('2.1.4', 'Character Key Shortcuts', 'A', 'Single letters can be switched off, and do nothing while a field has the focus.', ['inbox.spec.ts', 'letters can be switched off, and stay off']),
  partially('2.2.1', 'Timing Adjustable', 'A', 'A log-in ends after a time without a request that only the administrator sets; the user logs in again where they were, and what was typed is still there.', ['live.spec.ts', 'what somebody is typing stays']),
  supports('2.2.2', 'Pause, Stop, Hide', 'A', 'Nothing moves by itself for longer than five seconds but new messages, which are the purpose of the page. No journey proves it.'),
  supports('2.3.1', 'Three Flashes or Below Threshold', 'A', 'Nothing flashes. With reduced motion nothing slides either. No journey proves it.'),
  supports('2.4.1', 'Bypass Blocks', 'A', 'The first link of each page leads to its content.', KEYBOARD, LOOKS),
  supports('2.4.2', 'Page Titled', 'A', 'Each page has its title, the inbox with the number of unread sessions.', ['inbox.spec.ts', 'the title counts sessions, a preview has no marks']),
  supports('2.4.3', 'Focus Order', 'A', 'The focus follows the page; a closed dialog gives it back.', KEYBOARD, WHOLE_DAY, ['transfer.spec.ts', 'a session is transferred by the keyboard']),
  supports('2.4.4', 'Link Purpose (In Context)', 'A', 'Links name where they lead.', LOOKS),
  supports('2.4.5', 'Multiple Ways', 'AA', 'The rail, the command bar, the search and the contents of the handbook.', ['commands.spec.ts', 'a few letters lead to a place'], ['handbook.spec.ts', 'it is read without a script, and searched']),
  supports('2.4.6', 'Headings and Labels', 'AA', 'Headings and labels say what follows.', LOOKS, DOORS),
  supports('2.4.7', 'Focus Visible', 'AA', 'Whatever has the focus has a ring.', KEYBOARD, WHOLE_DAY),
  supports('2.4.11', 'Focus Not Obscured (Minimum)', 'AA', 'Nothing that is fixed covers what has the focus; walked through in the inbox and the handbook.', FOCUS),
  supports('2.5.1', 'Pointer Gestures', 'A', 'Everything is done by single clicks. No journey proves it.'),
  supports('2.5.2', 'Pointer Cancellation', 'A', 'Clicks count when the button is let go, but for options of lists under a field, which keep the focus in the field and change nothing that cannot be undone. No journey proves it.'),
  supports('2.5.3', 'Label in Name', 'A', 'Names that are heard contain the words that are seen.', LOOKS),
  none('2.5.4', 'Motion Actuation', 'A', 'Nothing is done by moving the device.'),
  supports('2.5.7', 'Dragging Movements', 'AA', 'Files that can be dropped can also be picked.', ['files.spec.ts', 'files are attached, one is removed']),
  supports('2.5.8', 'Target Size (Minimum)', 'AA', 'Buttons are 32 pixels high or have 24 pixels around them.', LOOKS),
  supports('3.1.1', 'Language of Page', 'A', 'Each page names its language.', LOOKS, DOORS),
  partially('3.1.2', 'Language of Parts', 'AA', 'What customers write has no language, because WhatsApp does not tell it. The other language of the console is marked.', LOOKS),
  supports('3.2.1', 'On Focus', 'A', 'The focus alone changes nothing.', KEYBOARD),
  supports('3.2.2', 'On Input', 'A', 'What is typed or chosen counts when it is sent; the search lists below what is typed.', KEYBOARD),
  supports('3.2.3', 'Consistent Navigation', 'AA', 'Rail and bar are the same on each page.', LOOKS),
  supports('3.2.4', 'Consistent Identification', 'AA', 'The same thing has the same name and sign everywhere. No journey proves it.'),
  supports('3.2.6', 'Consistent Help', 'A', 'Help is in the same place of the bar on each page.', ['handbook.spec.ts', 'each page of the console opens its page']),
  supports('3.3.1', 'Error Identification', 'A', 'What is wrong stands beside its field, in words.', ['forms.spec.ts', 'what is wrong is told after switching off and on'], ['without-javascript.spec.ts', 'log in, and the wrong password says so']),
  supports('3.3.2', 'Labels or Instructions', 'A', 'Each field has a label, and a hint where its form matters.', LOOKS, DOORS),
  supports('3.3.3', 'Error Suggestion', 'AA', 'Errors say what to do.', ['failures.spec.ts', 'a refusal is told in plain words']),
  supports('3.3.4', 'Error Prevention (Legal, Financial, Data)', 'AA', 'What cannot be undone asks first: deleting a channel asks for its name. Sending costs is estimated before.', ['channels.spec.ts', 'deleting asks for the name'], ['templates.spec.ts', 'a closed window: pick a template']),
  supports('3.3.7', 'Redundant Entry', 'A', 'Nothing has to be typed twice; a refused form keeps what was typed.', ['channels.spec.ts', 'a refused form keeps what was typed']),
  supports('3.3.8', 'Accessible Authentication (Minimum)', 'AA', 'Passwords can be pasted, shown, and filled in by a password manager.', KEYBOARD, DOORS),
  supports('4.1.2', 'Name, Role, Value', 'A', 'Elements of HTML, and the patterns of ARIA for lists under a field.', LOOKS, ['commands.spec.ts', 'a few letters lead to a place']),
  supports('4.1.3', 'Status Messages', 'AA', 'New messages, refusals and what was saved are announced without the focus.', ['canned.spec.ts', 'what a supervisor writes'], ['race.spec.ts', 'of two who click at once']),
];
