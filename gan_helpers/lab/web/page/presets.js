const PRESETS=[];
