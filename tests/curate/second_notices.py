"""A second set of files as people write them: notices that bind a file of an MIT repository, and notices that do not.

Written by somebody who has not read the code that looks for them. BARRED must not pass as the repository's MIT; FREE must.
"""

from __future__ import annotations

_CODE = "\nimport torch\n\n\ndef f(x):\n    return torch.relu(x)\n"
_LONG = "import torch\n\n\n" + "".join(
    f"def step_{i}(x, scale={i}):\n    y = torch.relu(x) * scale\n    return y - y.mean(dim=-1, keepdim=True)\n\n\n"
    for i in range(60)
)


def _hashed(text: str) -> str:
    return "".join(f"# {line}".rstrip() + "\n" for line in text.strip("\n").split("\n"))


def _quoted(text: str) -> str:
    return f'"""{text.strip()}\n"""\n'


def _boxed(text: str) -> str:
    lines = text.strip("\n").split("\n")
    width = max(map(len, lines))
    return (
        "#" * (width + 6) + "\n" + "".join(f"## {line.ljust(width)} ##\n" for line in lines) + "#" * (width + 6) + "\n"
    )


def _starred(text: str) -> str:
    return '"""\n/*\n' + "".join(f" * {line}".rstrip() + "\n" for line in text.strip("\n").split("\n")) + ' */\n"""\n'


_ISC = """Copyright (c) 2019 B. Person

Permission to use, copy, modify, and/or distribute this software for any
purpose with or without fee is hereby granted, provided that the above
copyright notice and this permission notice appear in all copies.

THE SOFTWARE IS PROVIDED "AS IS" AND THE AUTHOR DISCLAIMS ALL WARRANTIES
WITH REGARD TO THIS SOFTWARE INCLUDING ALL IMPLIED WARRANTIES OF
MERCHANTABILITY AND FITNESS."""
_UNLICENSE = """This is free and unencumbered software released into the public domain.

Anyone is free to copy, modify, publish, use, compile, sell, or
distribute this software, either in source code form or as a compiled
binary, for any purpose, commercial or non-commercial, and by any
means."""
_BSD_3 = """Copyright 2018 The Thing Project Developers.
All rights reserved.

Redistribution and use in source and binary forms, with or without
modification, are permitted provided that the following conditions are
met:

    * Redistributions of source code must retain the above copyright
notice, this list of conditions and the following disclaimer.
    * Neither the name of the project nor the names of its
contributors may be used to endorse or promote products derived from
this software without specific prior written permission."""
_ZLIB = """This software is provided 'as-is', without any express or implied
warranty. In no event will the authors be held liable for any damages
arising from the use of this software.

Permission is granted to anyone to use this software for any purpose,
including commercial applications, and to alter it and redistribute it
freely, subject to the following restrictions:

1. The origin of this software must not be misrepresented."""
_MIT_SHORT = """The MIT License (MIT)

Copyright (c) 2022 C. Person. All rights reserved.

Permission is hereby granted, free of charge, to any person obtaining a copy
of this software, to deal in the Software without restriction."""
_APACHE_LONG = """Copyright 2023 The Example Team. All rights reserved.

Licensed under the Apache License, Version 2.0 (the "License");
you may not use this file except in compliance with the License.
You may obtain a copy of the License at

    http://www.apache.org/licenses/LICENSE-2.0

Unless required by applicable law or agreed to in writing, software
distributed under the License is distributed on an "AS IS" BASIS,
WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express or implied."""
_LGPL_LONG = """This library is free software; you can redistribute it and/or
modify it under the terms of the GNU Lesser General Public
License as published by the Free Software Foundation; either
version 3 of the License, or (at your option) any later version."""
_GPL_LONG = """This program is free software: you can redistribute it and/or modify
it under the terms of the GNU General Public License as published by
the Free Software Foundation, either version 3 of the License, or
(at your option) any later version."""
_LLAMA_3 = """Copyright (c) Meta Platforms, Inc. and affiliates.
All rights reserved.

This source code is licensed under the terms described in the LICENSE file in
top-level folder for each specific model found within the models/ directory at
the top-level of this source tree.

Meta Llama 3.1 is licensed under the Llama 3.1 Community License,
Copyright (c) Meta Platforms, Inc. All Rights Reserved."""
_INTEL = """INTEL CONFIDENTIAL

Copyright 2021 Intel Corporation.

This software and the related documents are Intel copyrighted materials, and
your use of them is governed by the express license under which they were
provided to you ("License"). Unless the License provides otherwise, you may
not use, modify, copy, publish, distribute, disclose or transmit this
software or the related documents without Intel's prior written permission."""
_MAX_PLANCK = """Max-Planck-Gesellschaft zur Foerderung der Wissenschaften e.V. (MPG) is
holder of all proprietary rights on this computer program.
You can only use this computer program if you have closed
a license agreement with MPG or you get the right to use the computer
program from someone who is authorized to grant you that right.
Any use of the computer program without a valid license is prohibited and
liable to prosecution."""
_NAVER = """DUSt3R-like heads
Copyright (C) 2024-present Naver Corporation. All rights reserved.
Licensed under CC BY-NC-SA 4.0 (non-commercial use only)."""
_INRIA = """Copyright (C) 2023, Inria
GRAPHDECO research group, https://team.inria.fr/graphdeco
All rights reserved.

This software is free for non-commercial, research and evaluation use
under the terms of the LICENSE.md file."""
_ACADEMIC = """By downloading or using this code, you agree to the following terms:
  1. the code is for non-profit academic research only;
  2. redistribution in any form requires the consent of the authors."""
_SLA = """You may use this file solely in connection with products that you have
licensed from Example Semiconductor under the Example Software License
Agreement. No other rights are granted, by implication, estoppel or otherwise."""

_BARRED_TEXTS = {
    # GNU licences
    "lgpl 3 in a docstring": _quoted(f"Sparse layers.\n\n{_LGPL_LONG}"),
    "gpl boxed": _boxed(_GPL_LONG),
    "gpl in stars": _starred(_GPL_LONG),
    "gpl in one long line": "# " + " ".join(_GPL_LONG.split("\n")) + "\n",
    "gpl, hash signs alone": _GPL_LONG.join(("\n", "\n")).replace("\n", "\n#") + "\n",
    "spdx or later": "# SPDX-License-Identifier: GPL-3.0-or-later\n",
    "spdx plus sign": "# SPDX-License-Identifier: GPL-2.0+\n",
    "spdx lgpl, text before": "# SPDX-FileCopyrightText: 2022 D. Person <d@example.org>\n#\n# SPDX-License-Identifier: LGPL-2.1-or-later\n",
    "spdx and": "# SPDX-License-Identifier: Apache-2.0 AND GPL-2.0-only\n",
    "spdx or of two barred": "# SPDX-License-Identifier: GPL-2.0-only OR LGPL-2.1-only\n",
    "spdx in brackets": "# SPDX-License-Identifier: (MPL-2.0 OR EPL-2.0)\n",
    "spdx in a docstring": '"""Losses.\n\nSPDX-License-Identifier: CC-BY-NC-4.0\n"""\n',
    "spdx, lower case": "# spdx-license-identifier: agpl-3.0-only\n",
    "spdx with no space": "#SPDX-License-Identifier:GPL-3.0-only\n",
    "gpl with an exception": "# SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note\n",
    "gplv3 in a version line": '__version__ = "0.3"\n__copyright__ = "Copyright 2019, E. Person"\n__license__ = "GPLv3+"\n',
    "agpl by dunder": "__license__ = 'GNU AGPLv3'\n",
    "lgpl by dunder, spelled licence": '__licence__ = "LGPL-3.0-or-later"\n',
    "gpl by a doc field": '"""\n@author: F. Person\n@license: GPL v2\n@date: 2018-04-01\n"""\n',
    "gpl, released": "# Released under GPLv2, same as the original C code.\n",
    "gpl, see copying": "# This file is covered by the GNU General Public Licence, see COPYING for details.\n",
    "affero in words": "# License: GNU Affero General Public License, version 3.\n",
    "dual, commercial or agpl": _hashed("Dual-licensed: AGPLv3 for open-source projects, or a commercial license\nfrom Example BV (sales at example dot org)."),
    "library general public": "# Licensed under the GNU Library General Public License version 2.\n",
    "free documentation": "# This listing is part of a manual under the GNU Free Documentation License 1.3.\n",
    # other copyleft
    "cecill": "# This software is governed by the CeCILL license under French law and abiding by the rules of distribution of free software.\n",
    "osl": "# Licensed under the Open Software License version 3.0\n",
    "cddl": "# The contents of this file are subject to the terms of the Common Development and Distribution License (CDDL) v1.0.\n",
    "mpl short": "# License: MPL-2.0\n",
    "mpl 1.1": "# The contents of this file are subject to the Mozilla Public License Version 1.1 (the \"License\").\n",
    "eupl by spdx": "# SPDX-License-Identifier: EUPL-1.2\n",
    # other languages
    "german": "# Dieses Programm ist freie Software. Sie können es unter den Bedingungen der GNU General Public License,\n# Version 3, weitergeben und/oder modifizieren.\n",
    "french": "# Ce programme est distribué sous licence GNU GPL v3.\n",
    "spanish": "# Este programa es software libre: puede redistribuirlo bajo los términos de la Licencia Pública General GNU.\n",
    "spanish, non-commercial": "# Prohibido el uso comercial sin autorización escrita del autor.\n",
    "german, non-commercial": "# Nur für nichtkommerzielle Zwecke. Alle Rechte vorbehalten.\n",
    "french, all rights": "# Copyright (c) 2020 Exemple SA. Tous droits réservés.\n",
    "chinese": "# 版权所有 (c) 2023 某某公司。保留所有权利。未经许可,禁止商业用途。\n",
    "japanese": "# このコードの商用利用を禁じます。研究目的に限り利用できます。\n",
    "russian": "# Все права защищены. Коммерческое использование запрещено.\n",
    # Creative Commons
    "cc-by-nc-nd by link": "# This code is shared under https://creativecommons.org/licenses/by-nc-nd/4.0/legalcode\n",
    "cc share alike in words": "# Licensed under a Creative Commons Attribution-ShareAlike 3.0 Unported License.\n",
    "cc no derivatives in words": "# Creative Commons Attribution-NoDerivatives 4.0 International.\n",
    "stack overflow": "# From https://stackoverflow.com/a/12345678 by user42 (CC-BY-SA 3.0)\n",
    "cc-by-nc, underscores": "# license: cc_by_nc_4.0\n",
    "nc badge": _quoted("[![License: CC BY-NC-SA 4.0](https://img.shields.io/badge/License-CC%20BY--NC--SA%204.0-lightgrey.svg)](https://creativecommons.org/licenses/by-nc-sa/4.0/)"),
    # research only, non-commercial
    "naver": _hashed(_NAVER),
    "inria": _hashed(_INRIA),
    "max planck": _hashed(_MAX_PLANCK),
    "academic terms": _quoted(_ACADEMIC),
    "noncommercial in one word": "# For noncommercial research use only.\n",
    "personal use": "# Free for personal use. Companies must buy a licence.\n",
    "education only": "# This code may be used for educational purposes only; please do not redistribute it.\n",
    "not used in products": "# This code may not be used in any commercial product.\n",
    "commercial licence from us": "# For commercial licensing please contact licensing@example.org. Academic use is free.\n",
    "research licence by name": "# Licensed under the Example Research License; see RESEARCH_LICENSE.txt\n",
    "microsoft research": "# Licensed under the Microsoft Research License Agreement (MSR-LA), non-commercial use only.\n",
    "adobe research": _hashed("Copyright 2021 Adobe. All rights reserved.\nThis file is licensed to you under the Adobe Research License; it may be\nused for noncommercial research purposes only."),
    "s-lab": "# Licensed under S-Lab License 1.0: redistribution and use for non-commercial purpose are permitted.\n",
    # proprietary
    "intel confidential": _hashed(_INTEL),
    "solely with our chips": _hashed(_SLA),
    "internal use": "# Internal use only. Not for distribution outside Example Corp.\n",
    "trade secret": "# This file contains trade secrets of Example AG and may not be disclosed to third parties.\n",
    "do not copy": "# DO NOT COPY OR DISTRIBUTE. (c) Example Robotics 2020\n",
    "licensee": "# Your use of this code is subject to the End User License Agreement between you and Example, Inc.\n",
    "proprietary by dunder": '__author__ = "Example"\n__license__ = "Proprietary"\n',
    "none by dunder": '__license__ = "All rights reserved"\n',
    "under nda": "# Provided to partners under NDA. Redistribution is strictly forbidden.\n",
    "no licence granted": "# Copyright 2022 G. Person. No license is granted to use, copy or modify this file.\n",
    "all rights, bytes": "# © 2021–2024 Example Labs — All Rights Reserved\n",
    "patented": "# This algorithm is patented (US 10,000,001). A licence from Example University is needed for any use of this code.\n",
    # models' and source-available licences
    "llama 3": _hashed(_LLAMA_3),
    "gemma": "# Use of this code is governed by the Gemma Terms of Use found at https://ai.google.dev/gemma/terms\n",
    "qwen": "# Licensed under the Tongyi Qianwen LICENSE AGREEMENT; more than 100 million users need a license from Alibaba.\n",
    "deepseek model licence": "# This code repository's model files are licensed under the DeepSeek Model License (use restrictions in Attachment A).\n",
    "stability": "# Licensed under the Stability AI Non-Commercial Research Community License Agreement.\n",
    "bigscience": "# Licensed under the BigScience RAIL License v1.0\n",
    "elastic": "# Licensed under the Elastic License 2.0; you may not use this file except in compliance with it.\n",
    "commons clause": "# Apache 2.0 with the Commons Clause: you may not Sell the Software.\n",
    "functional source": "# SPDX-License-Identifier: FSL-1.1-ALv2\n",
    "business source by spdx": "# SPDX-License-Identifier: BUSL-1.1\n",
    "polyform strict": "# SPDX-License-Identifier: PolyForm-Strict-1.0.0\n",
    "hippocratic": "# Licensed under the Hippocratic License 3.0 (see ethics clauses).\n",
    "nvidia source code licence, one line": "# Licensed under the NVIDIA Source Code License for SegFormer (non-commercial). See LICENSE\n",
    "nvidia licenceref": "# SPDX-FileCopyrightText: Copyright (c) 2024 NVIDIA CORPORATION & AFFILIATES. All rights reserved.\n# SPDX-License-Identifier: LicenseRef-NvidiaProprietary\n#\n# NVIDIA CORPORATION, its affiliates and licensors retain all intellectual property rights.\n",
    # in the middle
    "a vendored function": "import torch\n\n\ndef g(x):\n    return x\n\n\n# ---------------------------------------------------------------\n# The following function is copied from libfoo (LGPL-2.1), (c) 2016 H. Person.\n# ---------------------------------------------------------------\n",
    "inside a function": "import torch\n\n\ndef g(x):\n    # borrowed from bar/baz.c, GPLv2\n    return x\n",
    "docstring of a function": 'import torch\n\n\ndef g(x):\n    """Computes it.\n\n    Adapted from qux, which is distributed under the terms of the\n    GNU General Public License v3.\n    """\n    return x\n',
    "apache, then a part that is not": _hashed(_APACHE_LONG) + "\nimport math\n\n# Portions of this file are under the CC BY-NC 4.0 license (https://example.org/weights).\n",
    "isc, then proprietary": _hashed(_ISC) + "#\n# The tables below are proprietary to Example Inc. and may not be redistributed.\n",
    "a trailing comment": "import torch  # noqa\nfrom foo import bar  # bar is GPL-3.0 licensed, copied from bar.py\n",
    "cell of a notebook": "# %% [markdown]\n# ## License\n# This notebook is licensed under CC BY-NC-ND 4.0.\n# %%\n",
}  # fmt: skip
_BARRED_BELOW = {
    "at the end": _CODE + "\n\n" + _hashed(_GPL_LONG),
    "at the end of a long file": _LONG + _hashed(_LGPL_LONG),
    "one line at the end of a long file": _LONG + "# License: CC BY-NC 4.0\n",
    "docstring of the last function of a long file": _LONG + 'def last(x):\n    """From Y, licensed under the GNU General Public License v3."""\n    return x\n',
    "in the middle of a long file": _LONG + "# Taken from Z (AGPL-3.0-only)\ndef z(x):\n    return x\n\n\n" + _LONG,
}  # fmt: skip

_FREE_TEXTS = {
    # permissive notices
    "isc": _hashed(_ISC),
    "isc in a docstring": _quoted(_ISC),
    "unlicense": _hashed(_UNLICENSE),
    "bsd with all rights reserved": _hashed(_BSD_3),
    "bsd boxed": _boxed(_BSD_3),
    "zlib": _hashed(_ZLIB),
    "mit with all rights reserved": _hashed(_MIT_SHORT),
    "apache at length": _quoted(_APACHE_LONG),
    "apache by spdx": "# SPDX-FileCopyrightText: 2024 The Thing Authors\n# SPDX-License-Identifier: Apache-2.0\n",
    "bsd by spdx": "# SPDX-License-Identifier: BSD-3-Clause\n",
    "isc by spdx": "# SPDX-License-Identifier: ISC\n",
    "cc0 by spdx": "# SPDX-License-Identifier: CC0-1.0\n",
    "apache with an exception": "# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception\n",
    "either of two": "# SPDX-License-Identifier: Apache-2.0 OR MIT\n",
    "either, one barred": "# SPDX-License-Identifier: (GPL-3.0-or-later OR BSD-2-Clause)\n",
    "both permissive": "# SPDX-License-Identifier: MIT AND BSD-3-Clause\n",
    "public domain by waiver": "# To the extent possible under law, the author has dedicated this file to the public domain (CC0 1.0).\n",
    "0bsd": "# SPDX-License-Identifier: 0BSD\n",
    "boost": "# Distributed under the Boost Software License, Version 1.0. (See LICENSE_1_0.txt)\n",
    "mit by a field": '"""Layers.\n\n:copyright: (c) 2020 by I. Person.\n:license: MIT, see LICENSE for more details.\n"""\n',
    "bsd by dunder": '__author__ = "J"\n__license__ = "BSD 3-Clause"\n',
    "apache by dunder": '__license__ = "Apache 2.0"\n',
    "google": _hashed("Copyright 2022 Google LLC\n\nUse of this source code is governed by an MIT-style\nlicense that can be found in the LICENSE file or at\nhttps://opensource.org/licenses/MIT."),
    "nvidia, apache": _hashed("Copyright (c) 2023, NVIDIA CORPORATION. All rights reserved.\n\nLicensed under the Apache License, Version 2.0 (the \"License\");\nyou may not use this file except in compliance with the License."),
    "vendored mit part": "import math\n\n# The function below is adapted from timm (Apache-2.0, (c) Ross Wightman).\n",
    "contributor's line": "# Copyright (c) 2024, K. Person.  MIT licensed; contributions welcome.\n",
    # words only
    "not gpl": "# Clean-room version: contains no GPL code, MIT like the rest.\n",
    "unlike the gpl one": '"""A rewrite from the paper; unlike the GPL implementation it shares no code with it."""\n',
    "a list of licences": 'KNOWN = ("MIT", "Apache-2.0", "GPL-3.0-only", "AGPL-3.0-only", "CC-BY-NC-4.0")\n',
    "a table of licences": 'COPYLEFT = {\n    "gpl-3.0": "GNU General Public License v3.0",\n    "agpl-3.0": "GNU Affero General Public License v3.0",\n}\n',
    "a test of a detector": 'def test_detects_gpl():\n    assert detect("This program is licensed under the GNU General Public License") == "GPL"\n',
    "a test of a header": 'def test_header(tmp_path):\n    text = "# SPDX-License-Identifier: GPL-2.0-only\\n"\n    assert identifier(text) == "GPL-2.0-only"\n',
    "a filter of data": 'def keep(row):\n    """Drops rows whose licence is GPL or non-commercial."""\n    return row["licence"] not in BLOCKED\n',
    "a flag's help": 'import argparse\n\np = argparse.ArgumentParser()\np.add_argument("--skip-gpl", action="store_true", help="skip files with a GPL notice")\n',
    "reads a licence": 'def licence_of(folder):\n    # LICENSE, COPYING or COPYING.LESSER, whichever is there\n    return next(folder.glob("[LC][IO][CP]*"), None)\n',
    "an install message": 'try:\n    import cvxopt\nexcept ImportError:\n    print("cvxopt (GPL) is optional and is not shipped with this package")\n',
    "weights under another licence": '"""Loads the weights; the code here is MIT, whatever the checkpoint you load is under is between you and its authors."""\n',
    "a data set": 'DATASETS = {"coco": "CC BY 4.0", "imagenet": "research only, ask for access"}\n',
    "a commercial solver": '"""Compares with commercial solvers such as Gurobi."""\n',
    "patent as a subject": '"""Embeds texts of patents; classes are those of the patent office."""\n',
    "confidential computing": '"""Runs a layer inside an enclave (confidential computing)."""\n',
    "proprietary as a subject": '# Works with weights that vendors ship in their proprietary container formats.\n',
    "rights in a grid": 'up, down, lefts, rights = grid.unbind(0)  # rights reserved for later\n',
    "restricted as a word": "# Boltzmann machines, restricted and otherwise; only for binary inputs.\n",
    "research as a word": "# Used in our research on speech; only the encoder is here.\n",
    "mpl is matplotlib": "import matplotlib as mpl\n\nmpl.use('Agg')  # mpl 3.8\n",
    "epl is a layer": "class EPL(object):\n    '''Elastic pooling layer (EPL).'''\n",
    "osl and rail": "osl = 3.0  # output stride of the layer\nrail = [0.0, 1.0]  # OpenRail is the data set of railway images\n",
    "agpl as a variable": "agpl = average_gain_per_layer = 0.5\n",
    "a model named llama": '"""Llama-style attention with grouped queries, written from the paper."""\n',
    "share alike": "# Heads share; alike heads are merged (attribution in the paper).\n",
    "commons": '"""Common Crawl and Wikimedia Commons readers."""\n',
    "free of charge": "# The MIT License applies to this file; it is free for commercial use.\n",
    "in german": "# Lizenz: MIT (siehe LICENSE)\n",
    "in french": "# Ce fichier est sous licence MIT.\n",
    "in chinese": "# 本文件采用 MIT 许可证,允许商业使用。\n",
    "readme as a string": 'README = """\n# Thing\n\n## License\n\nMIT\n"""\n',
}  # fmt: skip
_FREE_BELOW = {
    "mit at the end": _CODE + "\n\n# This file is licensed under the MIT License.\n",
    "words far below": _LONG + "# TODO: ask whether the GPL solver can be made optional\n",
    "bsd part far below": _LONG + _hashed(_BSD_3),
}  # fmt: skip
BARRED = {name: text + _CODE for name, text in _BARRED_TEXTS.items()} | _BARRED_BELOW
FREE = {name: text + _CODE for name, text in _FREE_TEXTS.items()} | _FREE_BELOW
