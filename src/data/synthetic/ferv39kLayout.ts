// FERV39k's folder: 2_ClipsforFaceCrop/<Scene>/<Emotion>/<0015>/01.jpg and headerless 4_setups/All_scenes/{train,test}_All.csv.
// The per-scene lists in 4_setups/22_scenes are left out: their inner names could not be confirmed.

import { EXPRESSIONS, type Expression } from '../../labels.ts';
import { random } from '../../random.ts';
import { listedLabels, type Layout, type NamedClip } from './layout.ts';
import { planFolds, type PlannedClip } from './plan.ts';

const EMOTION_FOLDERS: Readonly<Record<Expression, string>> = {
  happiness: 'Happy', sadness: 'Sad', neutral: 'Neutral', anger: 'Angry', surprise: 'Surprise', disgust: 'Disgust', fear: 'Fear',
};

/** Clips of each scene in the official lists. */
const SCENES: readonly (readonly [name: string, clips: number])[] = [
  ['History', 2690], ['Argue', 2655], ['Conflict', 2491], ['War', 2456], ['Contest', 2400], ['DailyLife', 2339], ['Interview', 2099], ['Terror', 2099],
  ['ScholarReport', 2014], ['School', 2012], ['Crime', 1871], ['Speech', 1834], ['Business', 1776], ['Talkshow', 1736], ['Crisis', 1494],
  ['OfficialEvent', 1423], ['ElegantArt', 1242], ['Liveshow', 1131], ['Social', 1121], ['Action', 804], ['Medicine', 692], ['Experiment', 556],
];

function drawScene(seed: number, { number }: PlannedClip): string {
  const total = SCENES.reduce((sum, [, clips]) => sum + clips, 0);
  let u = random(seed, 'official scene', number).integer(total);
  return SCENES.find(([, clips]) => (u -= clips) < 0)![0];
}

/** A clip's folder holds its generator class, whichever labels are listed; its number counts within scene and emotion. */
function nameClips(clips: readonly PlannedClip[], seed: number): NamedClip[] {
  const counts = new Map<string, number>();
  const names = new Map<number, string>();
  for (const clip of clips.toSorted((a, b) => a.order - b.order)) {
    const folder = `${drawScene(seed, clip)}/${EMOTION_FOLDERS[EXPRESSIONS[clip.label]!]}`;
    const count = (counts.get(folder) ?? 0) + 1;
    counts.set(folder, count);
    names.set(clip.number, `${folder}/${String(count).padStart(4, '0')}`);
  }
  return clips.map((clip) => ({ ...clip, id: names.get(clip.number)! }));
}

export const ferv39kLayout: Layout = {
  name: nameClips,
  clipFolder: (id) => `2_ClipsforFaceCrop/${id}`,
  frameName: (_, frame) => `${String(frame + 1).padStart(2, '0')}.jpg`,
  inListOrder: (clips) => clips.toSorted((a, b) => (a.id < b.id ? -1 : 1)),
  lists(parameters, clips, descriptions) {
    const labels = listedLabels(parameters, descriptions);
    const ids = new Map(clips.map(({ number, id }) => [number, id]));
    const fold = planFolds(parameters, clips)[0]!;
    return (['train', 'test'] as const).map((side) => ({
      path: `4_setups/All_scenes/${side}_All.csv`,
      content: fold[side].filter(({ number }) => labels.has(number))
        .map(({ number }) => `${ids.get(number)!} ${EMOTION_FOLDERS[EXPRESSIONS[labels.get(number)!]!]}\n`).toSorted().join(''),
    }));
  },
};
